import { codePoints } from "./text";

/** A piece of a message's text: words, or an address that can be opened. */
export type Piece = { kind: "text"; text: string } | { kind: "link"; text: string; url: string };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"“”«»\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/giu;

/** Splits a text at its addresses. Only `http:` and `https:` become links. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const shown = trimmed(match[0]);
    const url = plainAddress(shown);
    if (url === null) continue;
    if (match.index > end) pieces.push({ kind: "text", text: text.slice(end, match.index) });
    pieces.push({ kind: "link", text: shown, url });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ kind: "text", text: text.slice(end) });
  return pieces;
}

/** The first address of a text whose page can be shown with it, as it stands there. */
export function firstPage(text: string): string | null {
  for (const piece of linkify(text)) if (piece.kind === "link" && /^https:/iu.test(piece.text)) return piece.text;
  return null;
}

/** Where an address leads, in ASCII; `null` if it is none of the web. */
export function hostOf(address: string): string | null {
  try {
    const { protocol, host } = new URL(address);
    return host !== "" && (protocol === "https:" || protocol === "http:") ? host : null;
  } catch {
    return null;
  }
}

/** The address without the punctuation of the sentence around it. */
function trimmed(candidate: string): string {
  // One way back, however many there are: others write these texts.
  let unopened = count(candidate, ")") - count(candidate, "(");
  let end = candidate.length;
  for (; end > 0; end -= 1) {
    const last = candidate.charAt(end - 1);
    if (last === ")" && unopened > 0) unopened -= 1;
    else if (!".,;:!?'’…".includes(last)) break;
  }
  return candidate.slice(0, end);
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

/** Longer ones are no address that somebody means. */
const LONGEST = 4_096;
/** What an address consists of behind its host (RFC 3986). */
const BEHIND_THE_HOST = /^[A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]*$/u;

/**
 * An address of the web as it will be opened, with its host in ASCII; `null` for one that could mislead: with
 * a name or password before the host, a host of one label, with `%` or with letters of ASCII and others mixed,
 * or with signs behind the host that belong in no address.
 */
export function plainAddress(text: string): string | null {
  const [, authority, behind] = /^https?:\/\/([^/?#]*)(.*)$/isu.exec(text) ?? [];
  if (authority === undefined || behind === undefined || codePoints(text) > LONGEST) return null;
  if (!isPlainHost(authority.replace(/:\d*$/u, "")) || !BEHIND_THE_HOST.test(behind)) return null;
  try {
    const url = new URL(text);
    return url.hostname === "" ? null : url.href;
  } catch {
    return null;
  }
}

function isPlainHost(host: string): boolean {
  const isMixed = /[A-Za-z0-9]/u.test(host) && /\P{ASCII}/u.test(host);
  const labels = host.replace(/\.$/u, "").split(".");
  return !isMixed && !/[@%:[\]\\\s]/u.test(host) && labels.length > 1 && labels.every((label) => label !== "");
}
