// Clicks to fetch the file `arguments[0]`, and watches until it is here.
const [name, done] = arguments;
const file = () => [...document.querySelectorAll("[data-testid='file']")].find((row) => row.textContent.includes(name));
const button = file().querySelector("[data-testid='file-download']");
watched(() => file()?.dataset.state === "local", done);
button.click();
