import { getContext, setContext } from "svelte";

import type { AppModel } from "./model.svelte";

const KEY = Symbol("model");

export function provideModel(model: AppModel): void {
  setContext(KEY, model);
}

/** The state of the window. Only while a component is made. */
export function useModel(): AppModel {
  return getContext<AppModel>(KEY);
}
