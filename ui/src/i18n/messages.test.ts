import { describe, expect, it } from "vitest";

import english from "../../messages/en.ftl?raw";
import french from "../../messages/fr.ftl?raw";
import bindings from "../ipc/bindings.ts?raw";
import type { ErrorCode } from "../ipc/backend";
import { apiError } from "../ipc/errors";
import { localeFor, setLocale, t } from "./i18n.svelte";
import { errorId, errorText, failureText } from "./words";

/** The codes of the contract, read from its generated form. */
function errorCodes(): ErrorCode[] {
  const without = bindings.replace(/\/\*[^]*?\*\/|\/\/.*$/gmu, "");
  const union = /export type ErrorCode\s*=([^;]*);/u.exec(without)?.[1] ?? "";
  return [...union.matchAll(/"(\w+)"/gu)].map((match) => match[1] as ErrorCode);
}

function ids(source: string): string[] {
  return [...source.matchAll(/^([a-z][a-z0-9-]*) =/gmu)].map((match) => match[1] ?? "");
}

describe("messages", () => {
  it("have the same ids in both languages", () => {
    expect(ids(french).sort()).toEqual(ids(english).sort());
  });

  it("have a sentence for every error code in both languages", () => {
    const codes = errorCodes();
    expect(codes.length).toBeGreaterThan(30);
    for (const language of ["en", "fr"] as const) {
      setLocale(language);
      for (const code of codes) {
        const id: string = errorId(code);
        expect(ids(english)).toContain(id);
        expect(errorText(apiError(code))).not.toBe(id);
      }
    }
  });

  it("have no error text without a code", () => {
    const known = new Set(errorCodes().map((code): string => errorId(code)));
    const detailed = /-(at|length|wait|incident)$/u;
    const strangers = ids(english).filter((id) => id.startsWith("error-") && !known.has(id) && !detailed.test(id));
    expect(strangers).toEqual([]);
  });

  it("use spaces that do not break before French punctuation", () => {
    const values = french.replace(/^#.*$/gmu, "").replace(/\{[^}]*\}/gu, "x");
    expect(
      [...values.matchAll(/\S (?=[:;?!»])/gu)].map((match) => values.slice(match.index - 20, match.index + 3)),
    ).toEqual([]);
    expect(values).not.toMatch(/« /u);
  });

  it("shout in neither language", () => {
    expect(`${english}${french}`.replace(/^#.*$/gmu, "")).not.toContain("!");
  });

  it("name the place of a mistyped character", () => {
    setLocale("en");
    expect(errorText(apiError("accountIdMistyped", { position: "14", character: "g" }))).toContain("14");
    expect(errorText(apiError("accountIdMistyped", { length: "65" }))).toContain("65");
    expect(errorText(apiError("phraseUnknownWord", { position: "3", word: "nurze" }))).toContain("nurze");
  });

  it("say by how much a clock is wrong", () => {
    setLocale("fr");
    expect(failureText(apiError("clockWrong", { deviationMs: "-7200000" }))).toMatch(/2/u);
  });

  it("count in both languages", () => {
    setLocale("en");
    expect(t("timeline-new", { count: 1 })).toBe("1 new message");
    expect(t("timeline-new", { count: 2 })).toBe("2 new messages");
    setLocale("fr");
    expect(t("timeline-new", { count: 0 })).toBe("0 nouveau message");
  });

  it("follow the system, and are English where it speaks neither", () => {
    expect(localeFor("system", ["de-DE", "fr-CH"])).toBe("fr");
    expect(localeFor("system", ["de-DE"])).toBe("en");
    expect(localeFor("fr", ["en-GB"])).toBe("fr");
  });
});
