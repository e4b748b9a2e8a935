import "./styles/tokens.css";
import "./styles/fonts.css";
import "./styles/base.css";

import { mount } from "svelte";

import App from "./App.svelte";
import type { Backend } from "./ipc/backend";
import { AppModel } from "./state/model.svelte";

async function backend(): Promise<Backend> {
  // The account in memory is cut out of the build that ships.
  if (__FAKE__ && !("__TAURI_INTERNALS__" in window)) return (await import("./testing/browser")).browserBackend();
  return (await import("./ipc/tauri")).tauriBackend();
}

/** Two frames after mounting, the first of them has been painted. A hidden window paints none. */
function afterPaint(run: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (!isDone) run();
    isDone = true;
  };
  requestAnimationFrame(() => requestAnimationFrame(once));
  setTimeout(once, 500);
}

const model = new AppModel(await backend());
model.settings.paint(document.documentElement);
const target = document.getElementById("app");
if (target === null) throw new Error("the page has no place for the app");
mount(App, { target, props: { model } });
await model.start();
if (__FAKE__) void import("./testing/browser").then((testing) => testing.openAsAsked(model));
afterPaint(() => (document.documentElement.dataset["ready"] = "true"));
