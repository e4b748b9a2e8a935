/** Files of messages, for tests: sent, received, chosen. */

import type { AttachmentRow, MessageRow } from "../ipc/backend";
import { all, get, openApp, settled, type Opened } from "./app";

export type App = Opened & { id: string };

/** The first conversation, open. `arrange`: what is done before. */
export async function opened(options: Parameters<typeof openApp>[1] = {}, arrange?: (app: App) => void): Promise<App> {
  const app = await openApp("main", options);
  const whole = { ...app, id: app.fake.rows[0]!.id };
  arrange?.(whole);
  await app.model.openConversation(whole.id);
  await settled();
  return whole;
}

/** A conversation in which somebody sent files. */
export async function received(
  files: AttachmentRow[],
  text = "",
  options: Parameters<typeof openApp>[1] = {},
): Promise<App & { row: MessageRow; bubble: () => HTMLElement }> {
  let row: MessageRow | undefined;
  const app = await opened(options, ({ fake, id }) => (row = fake.receiveFiles(id, files, text)));
  const bubble = (): HTMLElement => document.querySelector<HTMLElement>(`[data-message-id="${row!.id}"]`)!;
  return { ...app, row: row!, bubble };
}

/** Whether something with this test id stands in the window. */
export function has(testid: string): boolean {
  return all(testid).length > 0;
}

/** What the program was asked under this name. */
export function argumentsOf({ fake }: Opened, name: string): unknown[] {
  return fake.calls.filter((call) => call.name === name).map((call) => call.argument);
}

export const photo = (name = "photo.jpg", type = "image/jpeg"): File => new File([new Uint8Array(3)], name, { type });
export const plan = (): File => new File(["x"], "plan.pdf", { type: "application/pdf" });

/** Takes files in, for the next message. */
export async function choose({ user }: Opened, files: File[]): Promise<void> {
  await user.upload(get("composer-files"), files);
  await settled();
}
