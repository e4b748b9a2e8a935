import { describe, expect, it } from "vitest";

import { message, NOW, MINUTE } from "../ipc/fake/seed";
import type { GroupEvent, MessageRow } from "../ipc/backend";
import { grouped, holds } from "./grouping";
import { fitsQuery, mentionQuery, namedMentions, splitMentions } from "./mentions";

const ID = `05${"ab".repeat(32)}`;
const OTHER = `05${"cd".repeat(32)}`;

describe("mentions", () => {
  it("are found in a text, and nothing else is", () => {
    expect(splitMentions(`Hello @${ID}, and @${OTHER}`)).toEqual([
      { kind: "text", text: "Hello " },
      { kind: "mention", accountId: ID },
      { kind: "text", text: ", and " },
      { kind: "mention", accountId: OTHER },
    ]);
    for (const text of ["@Paul", ID, `@${ID}0`, "@05ab", ""])
      expect(splitMentions(text).every((piece) => piece.kind === "text")).toBe(true);
    expect(splitMentions(`@${ID.toUpperCase()}`)).toEqual([{ kind: "mention", accountId: ID }]);
  });

  it("become names", () => {
    expect(namedMentions(`@${ID} comes`, (id) => id.slice(0, 4))).toBe("@05ab comes");
  });

  it.each([
    ["@", { start: 0, text: "" }],
    ["Hello @pa", { start: 6, text: "pa" }],
    ["Hello\n@É", { start: 6, text: "É" }],
    ["(@p", { start: 1, text: "p" }],
    ["mail@example", null],
    ["@paul ", null],
    ["hello", null],
  ])("are looked for where a word begins with @: %s", (before, found) => {
    expect(mentionQuery(before)).toEqual(found);
  });

  it("fit the beginning of any word, without accents and case", () => {
    expect(fitsQuery("Camille Roux", ID, "ro")).toBe(true);
    expect(fitsQuery("Élodie", ID, "el")).toBe(true);
    expect(fitsQuery("Élodie", ID, "od")).toBe(false);
    expect(fitsQuery(null, ID, "05ab")).toBe(true);
    expect(fitsQuery(null, ID, "x")).toBe(false);
  });
});

describe("alike events", () => {
  function happened(id: string, event: GroupEvent, at = 0): MessageRow {
    return { ...message(id, "03", { text: "", at: NOW + at * MINUTE }), body: { kind: "groupEvent", event } };
  }
  const added = (id: string, ...people: string[]): MessageRow =>
    happened(id, {
      kind: "added",
      people: people.map((accountId) => ({ accountId, name: null, isSelf: false })),
      withHistory: false,
    });

  it("are one line from three on, and count their people", () => {
    const items = grouped([added("1", ID), added("2", OTHER, ID), added("3", OTHER)], null);
    expect(items).toHaveLength(1);
    expect(items[0]?.fold).toMatchObject({ kind: "added", people: 2 });
    expect(items[0]?.row.id).toBe("3");
    expect(items[0]?.startsDay).toBe(true);
    expect(holds(items[0]!, "1")).toBe(true);
    expect(holds(items[0]!, "9")).toBe(false);
  });

  it("are one line from two on where somebody saved files, and each person has one", () => {
    const saved = (id: string, author: string): MessageRow => ({
      ...message(id, author, { text: "", at: NOW }),
      author,
      body: { kind: "mediaSaved" },
    });
    const items = grouped([saved("1", ID), saved("2", ID), saved("3", OTHER)], null);
    expect(items.map((item) => item.fold?.rows.length ?? 0)).toEqual([2, 0]);
    expect(items[0]?.fold?.kind).toBe("saved");
    expect(grouped([saved("1", ID), saved("2", ID)], "2")).toHaveLength(2);
  });

  it("stay lines of their own when they are two, of different kinds, or divided by what is unread", () => {
    expect(grouped([added("1", ID), added("2", ID)], null)).toHaveLength(2);
    const left = happened("2", { kind: "left" });
    expect(grouped([added("1", ID), left, added("3", ID)], null)).toHaveLength(3);
    const divided = grouped(
      ["1", "2", "3", "4"].map((id) => added(id, ID)),
      "3",
    );
    expect(divided).toHaveLength(4);
    expect(divided[2]?.startsUnread).toBe(true);
  });
});
