// Opens the conversation `arguments[0]` and tells when its newest messages stand on the screen.
const [id, done] = arguments;
const timeline = () => document.querySelector("[data-testid='timeline']");
const before = timeline();
const row = document.querySelector(`[data-conversation-id='${id}']`);
if (row === null) return done(-2);
const start = performance.now();
row.click();
painted(
  start,
  () => {
    const now = timeline();
    if (now === null || now === before || now.querySelector("[data-testid='message']") === null) return false;
    const isShort = now.scrollHeight <= now.clientHeight;
    const below = now.scrollHeight - now.scrollTop - now.clientHeight;
    return isShort || (blank(now, ".place") < 1 && below < 60);
  },
  done,
);
