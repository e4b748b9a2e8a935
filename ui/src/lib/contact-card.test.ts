import { describe, expect, it } from "vitest";

import { contactIn, contactText } from "./contact-card";

const ID = `05${"ab".repeat(32)}`;

describe("a contact as a text", () => {
  it("is read as it was written", () => {
    for (const contact of [
      { name: "Élodie Martin", accountId: ID },
      { name: null, accountId: ID },
    ])
      expect(contactIn(contactText(contact))).toEqual(contact);
  });

  it("has a name of one line", () => {
    expect(contactText({ name: " Paul\n05 ", accountId: ID })).toBe(`Paul 05\n${ID}`);
    expect(contactText({ name: " \n ", accountId: ID })).toBe(ID);
    expect(contactIn(contactText({ name: "n".repeat(300), accountId: ID }))?.name).toHaveLength(100);
  });

  it("is taken however it was copied, and stays a text where it says more", () => {
    expect(contactIn(`  Paul\n${ID.toUpperCase()}\n`)).toEqual({ name: "Paul", accountId: ID });
    for (const text of ["", "Paul", `Write to ${ID}`, `Paul\n\n${ID}`, `${ID}\nPaul`, `${ID}${ID}`, `03${ID.slice(2)}`])
      expect(contactIn(text)).toBeNull();
  });
});
