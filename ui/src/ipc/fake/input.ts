/** What a person types, read as the program reads it. */

import type { ConversationRow, ErrorCode, PhraseCheck, RecognisedAddress } from "../backend";
import { AppError, apiError } from "../errors";
import { utf8Bytes } from "../../lib/text";
import { OWN, PHRASE } from "./seed";

const HEX_ID = /05[0-9a-f]{64}/giu;

export function fail(code: ErrorCode, args: Record<string, string> = {}): never {
  throw new AppError(apiError(code, args));
}

/** A display name without what it may not hold. */
export function cleanName(raw: string): string {
  const name = raw.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "").trim();
  if (name === "") fail("nameEmpty");
  if (utf8Bytes(name) > 100) fail("nameTooLong", { bytes: String(utf8Bytes(name)) });
  return name;
}

export function checkPhrase(phrase: string): PhraseCheck {
  const known = new Set(PHRASE.split(" "));
  const words = phrase.toLowerCase().split(/\s+/u).filter(Boolean);
  const checked = words.map((text) => {
    const isKnown = [...known].some((word) => word.startsWith(text) && text.length >= 3);
    const suggestions = isKnown ? [] : [...known].filter((word) => word[0] === text[0]).slice(0, 5);
    return { text, isKnown, suggestions };
  });
  const unknown = checked.findIndex((word) => !word.isKnown);
  const error =
    unknown >= 0
      ? apiError("phraseUnknownWord", { position: String(unknown + 1), word: words[unknown] ?? "" })
      : words.length < 13
        ? apiError("phraseTooShort", { count: String(words.length) })
        : words.length > 13
          ? apiError("phraseTooLong", { count: String(words.length) })
          : words.at(-1) !== PHRASE.split(" ").at(-1)
            ? apiError("phraseWrong")
            : null;
  return { words: checked, error, accountId: error === null ? OWN : null };
}

/** `rows`: the conversations, for the names of accounts. */
export function recognise(text: string, rows: readonly ConversationRow[]): RecognisedAddress {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "empty" };
  const compact = text.replace(/[\s\u00ad]/gu, "");
  const ids = [...new Set([...compact.matchAll(HEX_ID)].map((match) => match[0].toLowerCase()))];
  if (ids.length > 0) {
    const accounts = ids.map((accountId) => {
      const known = rows.find((row) => row.accountId === accountId);
      const { name = null, isDirectoryName = false, picture = null } = known ?? {};
      return { accountId, name, isDirectoryName, picture, isSelf: accountId === OWN };
    });
    return { kind: "accounts", accounts };
  }
  if (/^03[0-9a-f]{64}$/iu.test(compact)) return { kind: "error", error: apiError("groupId") };
  if (/^[12]5[0-9a-f]{64}$/iu.test(compact)) return { kind: "error", error: apiError("blindedId") };
  if (/^05[0-9a-f]{10,63}$/iu.test(compact)) {
    return { kind: "error", error: apiError("accountIdMistyped", { length: String(compact.length) }) };
  }
  if (/^[a-z0-9-]{1,64}$/iu.test(trimmed)) return { kind: "name", name: trimmed.toLowerCase() };
  return { kind: "error", error: apiError("notAnAccountId") };
}
