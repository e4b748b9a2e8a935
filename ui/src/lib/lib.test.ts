import { describe, expect, it } from "vitest";

import { FakeBackend } from "../ipc/fake";
import { MINUTE, message, NOW } from "../ipc/fake/seed";
import { dayAndTime, dayName, duration, fullDate, listTime, machineTime, relative, sameDay, timeOfDay } from "./dates";
import { grouped } from "./grouping";
import { firstPage, hostOf, linkify, plainAddress } from "./linkify";
import { codePoints, colourOf, initials, isEmojiOnly, shortId, textBlocks, utf8Bytes } from "./text";

describe("linkify", () => {
  const links = (text: string): string[] =>
    linkify(text).flatMap((piece) => (piece.kind === "link" ? [piece.url] : []));

  it("leaves the punctuation of the sentence outside", () => {
    expect(links("See https://example.org/a, or (https://example.org/b).")).toEqual([
      "https://example.org/a",
      "https://example.org/b",
    ]);
  });
  it("keeps parentheses that belong to the address", () => {
    expect(links("https://example.org/wiki/Orbey_(Haut-Rhin)")).toEqual(["https://example.org/wiki/Orbey_(Haut-Rhin)"]);
  });
  it("makes no link of other schemes", () => {
    expect(links("javascript:alert(1) file:///etc/passwd data:text/html,x")).toEqual([]);
  });
  it("shows hosts of other letters in ASCII", () => {
    expect(links("https://пример.испытание/")[0]).toContain("xn--");
  });
  it.each([
    ["has something before an @", "https://bank.example@evil.example/"],
    ["has a name and a password", "http://me:secret@evil.example/"],
    ["is a host of one label", "http://localhost:8080/admin"],
    ["is a host that ends in a dot, and has one label", "https://intranet./"],
    ["has a part of its host in code", "https://ex%61mple.org/"],
    ["mixes letters that look alike", "https://аpple.com/"],
    ["has an empty label", "https://example..org/"],
    ["turns back", "https://example.org\\@evil.example/"],
    ["has other letters behind the host", "https://example.org/pаypal"],
    ["has no number as its port", "https://example.org:a/"],
    ["is endless", `https://example.org/${"a".repeat(4_096)}`],
  ])("makes no link of what %s", (_what, text) => {
    expect(links(`see ${text} there`)).toEqual([]);
    expect(plainAddress(text)).toBeNull();
  });
  it("makes links of addresses with a port, a query and a place", () => {
    const text = "HTTPS://Example.org:8443/a_(b)?c=d&e=%C3%A9#f";
    expect(links(text)).toEqual(["https://example.org:8443/a_(b)?c=d&e=%C3%A9#f"]);
    expect(links("http://192.168.1.1/")).toEqual(["http://192.168.1.1/"]);
  });
  it("stops at characters that turn the direction of writing", () => {
    expect(links("https://example.org/\u202egpj.exe")).toEqual(["https://example.org/"]);
  });
  it("gives back the whole text", () => {
    const text = "a https://example.org b";
    expect(
      linkify(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});

describe("an address", () => {
  it("is the first of the web whose page can be asked for, as it stands in the text", () => {
    expect(firstPage("http://a.example (HTTPS://B.example/x_(y)), https://c.example")).toBe("HTTPS://B.example/x_(y)");
    expect(firstPage("no link, ftp://a.example")).toBeNull();
  });
  it("leads to the host that a browser asks", () => {
    expect(hostOf("https://me@graines.example:8443/x?y")).toBe("graines.example:8443");
    expect(hostOf("https://аpple.com/")).toContain("xn--");
    for (const none of ["javascript:alert(1)", "file:///etc/passwd", "graines.example", ""])
      expect(hostOf(none)).toBeNull();
  });
});

describe("text", () => {
  it("counts code points, not halves of them", () => expect(codePoints("🍅é")).toBe(2));
  it("counts bytes of UTF-8", () => expect(utf8Bytes("é🍅")).toBe(6));
  it("shortens an account ID in the middle", () => expect(shortId(`05a3${"0".repeat(58)}c91f`)).toBe("05a3…c91f"));
  it("takes initials of two words, of one, and of an ID", () => {
    expect(initials("Solène Orbey", "05aa")).toBe("SO");
    expect(initials("élodie", "05aa")).toBe("ÉL");
    expect(initials(null, "05aa")).toBe("05");
  });
  it("spreads people over all six colours", () => {
    const used = new Set(Array.from({ length: 60 }, (_, n) => colourOf(`05${n.toString(16).padStart(64, "0")}`)));
    expect([...used].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });
  it("knows a message of emoji only", () => {
    expect(isEmojiOnly("🍅🌱")).toBe(true);
    expect(isEmojiOnly("12")).toBe(false);
    expect(isEmojiOnly("🍅 tomate")).toBe(false);
  });
});

describe("dates", () => {
  const now = new Date(2026, 2, 10, 12, 0).getTime();
  const ago = (days: number): number => new Date(2026, 2, 10 - days, 9, 5).getTime();

  it("name days by their distance", () => {
    expect(dayName("fr", ago(0), now)).toBe("Aujourd’hui");
    expect(dayName("en", ago(1), now)).toBe("Yesterday");
    expect(dayName("en", ago(3), now)).toBe("Saturday");
    expect(dayName("fr", ago(40), now)).toBe("29 janvier 2026");
  });
  it("are short in the list", () => {
    expect(listTime("fr", ago(0), now)).toBe("09:05");
    expect(listTime("fr", ago(1), now)).toBe("hier");
    expect(listTime("fr", ago(2), now)).toBe("dim.");
  });
  it("name the year where it is another", () => {
    const at = new Date(2027, 0, 9, 14, 32).getTime();
    expect(dayAndTime("fr", at, new Date(2027, 11, 31).getTime())).toBe("samedi 9 janvier à 14:32");
    expect(dayAndTime("fr", at, new Date(2026, 11, 31).getTime())).toBe("samedi 9 janvier 2027 à 14:32");
  });
  it.each([2 ** 63, -(2 ** 63), 2 ** 64, 8.64e15 + 1, -8.64e15 - 1, NaN, Infinity, -Infinity])(
    "show something for the absurd time %d",
    (at) => {
      for (const locale of ["en", "fr"]) {
        for (const text of [
          timeOfDay(locale, at),
          fullDate(locale, at),
          dayName(locale, at, now),
          dayName(locale, now, at),
          listTime(locale, at, now),
          listTime(locale, now, at),
          dayAndTime(locale, at, now),
          dayAndTime(locale, now, at),
          relative(locale, at, now),
          relative(locale, now, at),
          duration(locale, at),
        ]) {
          expect(text).not.toBe("");
          expect(text).not.toMatch(/NaN|Invalid|∞/u);
        }
      }
      expect(machineTime(at)).toMatch(/^\d{4}-\d\d-\d\dT/u);
      expect(sameDay(at, at)).toBe(true);
      expect(sameDay(at, now)).toBe(false);
    },
  );
  it("go up to the year 9999", () => expect(fullDate("en", 2 ** 63)).toContain("9999"));
  it("measure lengths of time", () => expect(duration("en", 7_200_000)).toBe("2 hr"));
});

describe("the blocks of a long text", () => {
  it.each(["", "court", "\n\n", `${"a".repeat(5_000)}\n\n\nb`, `${"c\n\n".repeat(3_000)}d\n`])(
    "are the text, and no empty line is lost between them: %#",
    (text) => {
      const blocks = textBlocks(text);
      expect(blocks.join("\n")).toBe(text);
      expect(blocks.slice(0, -1).every((block) => block.length >= 2_000 && !block.endsWith("\n"))).toBe(true);
    },
  );
  it("are many for a text of many lines", () => expect(textBlocks("mot\n".repeat(25_000)).length).toBe(50));
});

describe("grouping", () => {
  const at = (minutes: number, own = false) =>
    message(String(minutes), "05", { text: "x", at: NOW + minutes * MINUTE, ...(own ? { own: "sent" as const } : {}) });

  it("joins messages of one person within five minutes", () => {
    const places = grouped([at(0), at(2), at(4), at(20), at(21, true)], null).map((item) => item.place);
    expect(places).toEqual(["first", "middle", "last", "single", "single"]);
  });
  it("puts what is said to come from the future on the day it came", () => {
    const future = { ...at(1), sentAt: NOW + 9_999 * 86_400_000, receivedAt: NOW + MINUTE };
    expect(grouped([at(0), future, at(2)], null).map((item) => item.startsDay)).toEqual([true, false, false]);
  });
  it("breaks a run at the unread line", () => {
    const items = grouped([at(0), at(1)], "1");
    expect(items.map((item) => item.place)).toEqual(["single", "single"]);
    expect(items[1]?.startsUnread).toBe(true);
  });
  it("begins a day where the date changes", () => {
    expect(grouped([at(-1_440), at(0)], null).map((item) => item.startsDay)).toEqual([true, true]);
    expect(grouped([at(0), at(1)], null).map((item) => item.startsDay)).toEqual([true, false]);
  });
});

describe("the account in memory", () => {
  it("gives a page of a long conversation without making the whole", async () => {
    const fake = new FakeBackend("big");
    const page = await fake.listMessages({ conversation: fake.rows[0]!.id, anchor: { at: "latest" }, limit: 50 });
    expect(page.rows).toHaveLength(50);
    expect(page.rows.at(-1)?.id).toBe("L99999");
    expect(page.newer).toBeNull();
  });
});
