/** The media scheme: where a page finds pictures. Their bytes never go through commands. */

const ORIGIN = "nous-media://localhost";

/** The address of a person's picture: `small` for lists (192 px), `large` as it comes (600 px). */
export function pictureUrl(id: string, size: "small" | "large"): string {
  return `${ORIGIN}/picture/${encodeURIComponent(id)}/${size}`;
}

/** The address of a picture that was chosen and is not taken yet. */
export function stagedUrl(id: string): string {
  return `${ORIGIN}/staged/${encodeURIComponent(id)}`;
}
