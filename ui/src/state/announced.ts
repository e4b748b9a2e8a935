import type { AppEvent } from "../ipc/backend";
import { concerns } from "./dialog-rows";
import type { AppModel } from "./model.svelte";

/** What a screen reader was told of a message is on the page for a while: not longer than what the message says. */
export async function followAnnounced({ announcer, backend }: AppModel, event: AppEvent): Promise<void> {
  const { about } = announcer;
  if (about === null || !concerns(event, about)) return;
  const [row] = await backend.getMessages([about.id]);
  // Something else may be said now.
  if (announcer.about === about && row?.body.kind !== about.kind) announcer.clear();
}
