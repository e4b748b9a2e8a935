/** The clipboard: the program's where there is one, else the page's own. */

import { COPIED_URL } from "./media";

/** What the program can do with the clipboard. */
export interface ClipboardPort {
  copyText(text: string): Promise<void>;
  /** Hidden from clipboard histories, and taken away after a minute. */
  copySecret(text: string): Promise<void>;
  /** A picture of a message. */
  copyPicture(message: string, index: number): Promise<void>;
  readMedia(url: string): Promise<Blob>;
}

let port: ClipboardPort | null = null;

export function provideClipboard(given: ClipboardPort): void {
  port = given;
}

/** Puts a text on the clipboard; answers whether it went. */
export async function copyText(text: string): Promise<boolean> {
  return (await tried(port?.copyText(text))) || (await tried(byPage(text)));
}

/** Puts the recovery phrase on the clipboard; answers whether it went. */
export function copySecret(text: string): Promise<boolean> {
  return tried(port?.copySecret(text));
}

/** Puts a picture of a message on the clipboard; answers whether it went. `bytes`: the same for the page. */
export async function copyPicture(message: string, index: number, bytes: () => Promise<Blob>): Promise<boolean> {
  // The page first: engines allow it only while the click or key is fresh, and some not at all.
  return (await tried(putPicture(bytes))) || (await tried(port?.copyPicture(message, index)));
}

async function putPicture(bytes: () => Promise<Blob>): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": bytes().then(asPng) })]);
}

/** The form in which every program takes a picture. */
async function asPng(bytes: Blob): Promise<Blob> {
  if (bytes.type === "image/png") return bytes;
  const picture = await createImageBitmap(bytes);
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error("not drawn")) : resolve(blob)), "image/png");
  });
}

async function byPage(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

async function tried(work: Promise<void> | undefined): Promise<boolean> {
  if (work === undefined) return false;
  try {
    await work;
    return true;
  } catch {
    return false;
  }
}

/** The text on the clipboard, or null where the page may not read it. */
export async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}

/** The picture on the clipboard, for a paste that brought nothing: not every engine hands pictures to the page. */
export async function copiedPicture(data: DataTransfer | null): Promise<File | null> {
  if (port === null || data === null || data.files.length > 0 || data.getData("text/plain") !== "") return null;
  try {
    return new File([await port.readMedia(COPIED_URL)], "image.png", { type: "image/png" });
  } catch {
    return null;
  }
}
