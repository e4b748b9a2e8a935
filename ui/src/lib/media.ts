/** The media scheme: where a page finds pictures. Their bytes never go through commands. */

const ORIGIN = "nous-media://localhost";

/** The address of a person's picture: `small` for lists (192 px), `large` as it comes (600 px). */
export function pictureUrl(id: string, size: "small" | "large"): string {
  return `${ORIGIN}/picture/${encodeURIComponent(id)}/${size}`;
}

/** The address of the small picture of a file, of a message or one that was chosen: at most 704 px. */
export function thumbnailUrl(id: string): string {
  return `${ORIGIN}/thumbnail/${encodeURIComponent(id)}`;
}

/** The address of a film or moving picture of a message, as it came; of a still as the program wrote it anew. */
export function attachmentUrl(message: string, index: number): string {
  return `${ORIGIN}/attachment/${encodeURIComponent(message)}/${index}`;
}

/** The same of one that was chosen and is not sent yet. */
export function chosenUrl(id: string): string {
  return `${ORIGIN}/chosen/${encodeURIComponent(id)}`;
}

/** The address of the picture on the clipboard. */
export const COPIED_URL = `${ORIGIN}/clipboard`;

/** The address of a picture that was chosen and is not taken yet. */
export function stagedUrl(id: string): string {
  return `${ORIGIN}/staged/${encodeURIComponent(id)}`;
}
