// Writes `arguments[0]`, presses Enter, and tells when the message stands on the screen.
const [text, done] = arguments;
const field = document.querySelector("[data-testid='composer-input']");
field.focus();
document.execCommand("insertText", false, text);
const isThere = () => {
  const timeline = document.querySelector("[data-testid='timeline']");
  const last = [...timeline.querySelectorAll("[data-testid='message']")].at(-1);
  if (last === undefined || !last.textContent.includes(text)) return false;
  return last.getBoundingClientRect().bottom <= timeline.getBoundingClientRect().bottom + 1;
};
// The letters are drawn first, as they are when a person types.
requestAnimationFrame(() =>
  setTimeout(() => {
    const start = performance.now();
    const key = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    field.dispatchEvent(new KeyboardEvent("keydown", key));
    painted(start, isThere, done);
  }),
);
