/** The whole window on an account in memory. */

import { render } from "@testing-library/svelte";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { tick } from "svelte";

import App from "../App.svelte";
import type { Language, Theme } from "../ipc/backend";
import { FakeBackend } from "../ipc/fake";
import type { Scenario } from "../ipc/fake/scenario";
import { AppModel } from "../state/model.svelte";

export type Opened = { fake: FakeBackend; model: AppModel; user: UserEvent };

type Options = { language?: Language; theme?: Theme; widthPx?: number };

/** Opens the window and waits for its first screen. */
export async function openApp(scenario: Scenario = "main", options: Options = {}): Promise<Opened> {
  const fake = new FakeBackend(scenario);
  fake.settings.language = options.language ?? "en";
  fake.settings.theme = options.theme ?? "light";
  window.innerWidth = options.widthPx ?? 1_200;
  const model = new AppModel(fake);
  model.settings.paint(document.documentElement);
  await model.start();
  render(App, { model });
  await settled();
  return { fake, model, user: userEvent.setup({ document }) };
}

/** The theme and the language that the window shows. */
export function look(): [theme: string | undefined, language: string] {
  const { dataset, lang } = document.documentElement;
  return [dataset["theme"], lang];
}

/** The same window after another look was chosen in the settings. */
export async function inFrenchAndDark({ model }: Opened): Promise<void> {
  const english = document.body.textContent;
  model.settings.take({ ...model.settings.value, language: "fr", theme: "dark" });
  await settled();
  if (document.body.textContent === english) throw new Error("the window still speaks English");
}

/** Lets effects, events and answers of the account run out. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    await tick();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  await tick();
}

/** The element with a test id; throws if there is none. */
export function get(testid: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-testid="${testid}"]`);
  if (found === null) throw new Error(`no ${testid} in the window`);
  return found;
}

export function all(testid: string): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`)];
}

/** Files are let go over an element, as the program tells it. */
export async function dropOn({ fake }: Opened, testid: string, files: File[]): Promise<void> {
  const element = get(testid);
  document.elementFromPoint = () => element;
  fake.drop(files);
  await settled();
}
