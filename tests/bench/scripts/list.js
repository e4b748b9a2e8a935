// Empties the filter field and tells when the first page of the list stands on the screen.
const [done] = arguments;
const field = document.querySelector("[data-testid='filter-input']");
const start = performance.now();
field.value = "";
field.dispatchEvent(new Event("input", { bubbles: true }));
painted(
  start,
  () => {
    const list = document.querySelector("[role='listbox']");
    return list !== null && list.querySelectorAll("[role='option']").length > 8 && blank(list, "[role='option']") < 1;
  },
  done,
);
