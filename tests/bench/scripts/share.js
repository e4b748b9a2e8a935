// Watches from now until the file `arguments[0]`, which is dropped next, is sent. Enter is pressed in the
// first frame that shows it in the draft.
const [name] = arguments;
let isPressed = false;
const isSent = () => {
  if (!isPressed) {
    const isThere = document.querySelector("[data-testid='staged-file']") !== null;
    if (!isThere || document.querySelector("[data-testid='staged-adding']") !== null) return false;
    isPressed = true;
    const key = { key: "Enter", code: "Enter", bubbles: true, cancelable: true };
    document.querySelector("[data-testid='composer-input']").dispatchEvent(new KeyboardEvent("keydown", key));
    return false;
  }
  const last = [...document.querySelectorAll("[data-testid='message'][data-own='true']")].at(-1);
  return last?.textContent.includes(name) === true && ["sent", "read"].includes(last.dataset.state);
};
window.fileWatch = new Promise((resolve) => watched(isSent, resolve));
