import { afterAll, describe, expect, it } from "vitest";

import type { GroupEvent, MemberState, PersonRef } from "../ipc/backend";
import { actorOf, eventText, groupWords, memberStateText, timerChoice, type Actor } from "./group-words";
import { setLocale, setRegions } from "./i18n.svelte";

const OWN: Actor = { kind: "own" };
const PAUL: Actor = { kind: "other", name: "Paul" };
const NOBODY: Actor = { kind: "unknown" };
const ID = `05${"00".repeat(32)}`;

function person(name: string | null, accountId = ID): PersonRef {
  return { accountId, name, isSelf: false };
}
const us: PersonRef = { accountId: `05${"ff".repeat(32)}`, name: "Morgane", isSelf: true };
const people = ["Anne", "Élodie", "Lucien", "Noor"].map((name, at) => person(name, `05${String(at).repeat(64)}`));

const SENTENCES: [GroupEvent, Actor, string, string][] = [
  [{ kind: "created" }, OWN, "You created the group", "Vous avez créé le groupe"],
  [{ kind: "invited" }, PAUL, "Paul invited you to the group", "Paul vous a envoyé une invitation"],
  [{ kind: "invited" }, NOBODY, "You were invited to the group", "Vous avez reçu une invitation"],
  [{ kind: "joined" }, OWN, "You joined the group", "Vous avez rejoint le groupe"],
  [{ kind: "added", people: people.slice(0, 1), withHistory: false }, OWN, "You added Anne", "Vous avez ajouté Anne"],
  [
    { kind: "added", people: people.slice(0, 2), withHistory: true },
    PAUL,
    "Paul added Anne and Élodie, with recent messages",
    "Paul a ajouté Anne et Élodie, avec les messages récents",
  ],
  [
    { kind: "added", people, withHistory: false },
    PAUL,
    "Paul added Anne, Élodie and 2 others",
    "Paul a ajouté Anne, Élodie et 2 autres personnes",
  ],
  [
    { kind: "added", people: [us], withHistory: false },
    PAUL,
    "Paul added you to the group",
    "Paul vous a fait entrer dans le groupe",
  ],
  [
    { kind: "added", people: [us, person("Anne")], withHistory: false },
    PAUL,
    "Paul added you to the group with Anne",
    "Paul vous a fait entrer dans le groupe avec Anne",
  ],
  [
    { kind: "added", people: [us], withHistory: false },
    NOBODY,
    "You are in the group now",
    "Vous faites maintenant partie du groupe",
  ],
  [
    { kind: "added", people: [person(null)], withHistory: false },
    NOBODY,
    "Added: 0500…0000",
    "Ajouts\u00a0: 0500…0000",
  ],
  [{ kind: "removed", people: [person("Anne")] }, OWN, "You removed Anne", "Vous avez retiré Anne du groupe"],
  [{ kind: "removed", people: [us] }, PAUL, "Paul removed you from the group", "Paul vous a fait sortir du groupe"],
  [
    { kind: "removed", people: [us] },
    NOBODY,
    "You were removed from the group",
    "Vous ne faites plus partie du groupe",
  ],
  [{ kind: "promoted", people: [person("Anne")] }, OWN, "You made Anne an admin", "Vous avez nommé Anne admin"],
  [
    { kind: "promoted", people: people.slice(0, 2) },
    PAUL,
    "Paul made Anne and Élodie admins",
    "Paul a nommé Anne et Élodie admins",
  ],
  [{ kind: "promoted", people: [us] }, PAUL, "Paul made you an admin", "Paul vous a confié l’administration du groupe"],
  [{ kind: "promoted", people: [us] }, NOBODY, "You are an admin now", "Vous êtes maintenant admin"],
  [{ kind: "left" }, PAUL, "Paul left the group", "Paul a quitté le groupe"],
  [{ kind: "left" }, OWN, "You left the group", "Vous avez quitté le groupe"],
  [
    { kind: "named", name: "Jardin" },
    PAUL,
    "Paul named the group “Jardin”",
    "Paul a nommé le groupe «\u00a0Jardin\u00a0»",
  ],
  [{ kind: "named", name: "" }, PAUL, "The name of the group was changed", "Le nom du groupe a été changé"],
  [{ kind: "pictureChanged" }, OWN, "You changed the picture of the group", "Vous avez changé l’image du groupe"],
  [
    { kind: "timerChanged", seconds: 43_200 },
    PAUL,
    "Paul set messages to disappear 12 hours after sending",
    "Paul a réglé la disparition des messages\u00a0: 12\u00a0heures après l’envoi",
  ],
  [
    { kind: "timerChanged", seconds: 0 },
    NOBODY,
    "Disappearing messages were turned off",
    "Les messages éphémères ont été désactivés",
  ],
];

describe("what happens in a group", () => {
  afterAll(() => setLocale("en"));

  it.each(SENTENCES)("is a sentence in both languages: %j", (event, actor, english, french) => {
    setRegions(["en-GB", "fr-FR"]);
    setLocale("en");
    expect(eventText(event, actor, null)).toBe(english);
    setLocale("fr");
    expect(eventText(event, actor, null)).toBe(french);
  });

  it("names who came or rose by themselves", () => {
    setLocale("en");
    const alone = [person("Anne")];
    const anne: Actor = { kind: "other", name: "Anne" };
    expect(eventText({ kind: "added", people: alone, withHistory: false }, anne, ID)).toBe("Anne joined the group");
    expect(eventText({ kind: "promoted", people: alone }, anne, ID)).toBe("Anne is an admin now");
  });

  it("has an author only if a person is it", () => {
    const by = (author: string) => actorOf({ isOwn: false, author, authorName: null });
    expect(by(`03${"00".repeat(32)}`)).toEqual(NOBODY);
    expect(by(ID)).toEqual({ kind: "other", name: "0500…0000" });
  });
});

describe("a member", () => {
  const STATES: MemberState[] = [
    "proposed",
    "invitationSending",
    "invitationSent",
    "invitationFailed",
    "promotionSending",
    "promotionSent",
    "promotionFailed",
    "admin",
    "removing",
  ];

  it("has a state in words for admins, each another", () => {
    setLocale("fr");
    const words = STATES.map((state) => memberStateText(state, true));
    expect(new Set(words).size).toBe(STATES.length);
    setLocale("en");
    expect(memberStateText("joined", true)).toBeNull();
  });

  it("shows others that it leads, or waits", () => {
    expect(STATES.filter((state) => memberStateText(state, false) !== null)).toEqual(["proposed", "admin"]);
  });
});

describe("what is written in our name", () => {
  it.each(["en", "fr"] as const)("has its places literally, with no mark around them, %s", (language) => {
    setLocale(language);
    const { pleaseAdd, letMeIn } = groupWords();
    expect(pleaseAdd.split("{person}")).toHaveLength(2);
    expect(letMeIn.split("{group}")).toHaveLength(2);
    expect(pleaseAdd + letMeIn).not.toMatch(/[\u2066-\u2069]/u);
  });
});

describe("the time of messages", () => {
  it("is said in the largest exact unit", () => {
    setLocale("en");
    expect([0, 5, 43_200, 86_400, 604_800, 1_209_600, 2_419_200].map(timerChoice)).toEqual([
      "Off",
      "5 seconds after sending",
      "12 hours after sending",
      "1 day after sending",
      "7 days after sending",
      "14 days after sending",
      "4 weeks after sending",
    ]);
  });
});
