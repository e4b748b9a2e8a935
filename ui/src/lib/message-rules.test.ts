import { describe, expect, it } from "vitest";

import type { ConversationRow, MessageRow, MessageState } from "../ipc/backend";
import { seededGroups } from "../ipc/fake/group-seed";
import { conversation, message, NOW, OWN } from "../ipc/fake/seed";
import { deleteScopes, mayAnswer, mayBlockAuthor, mayReact, maySetTimer, mayTakeBack } from "./message-rules";

const person = conversation(1);
const note = conversation(99, { id: OWN, accountId: OWN, kind: "noteToSelf" });

function own(state: MessageState, over: Partial<MessageRow> = {}): MessageRow {
  return { ...message("1", person.id, { text: "x", at: NOW, own: state }), ...over };
}

function received(over: Partial<MessageRow> = {}): MessageRow {
  return { ...message("2", person.id, { text: "x", at: NOW }), ...over };
}

function group(isAdmin: boolean): ConversationRow {
  const { row } = seededGroups()[0]!;
  const quiet = { unreadMentions: 0, silentDays: 0, trouble: null };
  return { ...row, group: { standing: "joined", isAdmin, memberCount: 3, ...quiet } };
}

describe("where a message can be deleted", () => {
  it.each([
    ["an own one that left", [own("sent")], person, ["device", "everyone"]],
    ["one of the other", [received()], person, ["device"]],
    ["an own one that failed", [own("failed")], person, ["device"]],
    ["own ones, one of which waits", [own("read"), own("queued")], person, ["device", "everyone"]],
    ["one that is deleted already", [own("sent", { body: { kind: "deletedForAll" } })], person, ["device"]],
    ["a line about the conversation", [own("sent", { body: { kind: "mediaSaved" } })], person, ["device"]],
    ["an own note", [own("sent")], note, ["device", "allDevices"]],
    ["one of another member", [received()], group(false), ["device"]],
    ["one of another member, for an admin", [received()], group(true), ["device", "everyone"]],
    ["nothing", [], person, ["device"]],
  ] as const)("%s", (_name, rows, where, scopes) => {
    expect(deleteScopes(rows, where)).toEqual(scopes);
  });

  it("is this device only where the other is blocked", () => {
    expect(deleteScopes([own("sent")], { ...person, isBlocked: true })).toEqual(["device"]);
  });
});

describe("an answer", () => {
  it("goes to what others have, where one can write", () => {
    expect(mayAnswer(received(), person)).toBe(true);
    expect(mayAnswer(own("sent"), person)).toBe(true);
    expect(mayAnswer(own("failed"), person)).toBe(false);
    expect(mayAnswer(received({ body: { kind: "deletedForAll" } }), person)).toBe(false);
    expect(mayAnswer(received(), { ...person, isBlocked: true })).toBe(false);
    expect(mayAnswer(received(), { ...person, isRequest: true })).toBe(false);
  });

  it("can be an emoji only between people who accepted each other", () => {
    expect(mayReact(received(), person)).toBe(true);
    expect(mayReact(received(), { ...person, hasApprovedMe: false })).toBe(false);
    expect(mayReact(received(), group(false))).toBe(true);
  });
});

describe("what waits", () => {
  it("can be taken back, and what failed, but not what goes or went", () => {
    for (const state of ["queued", "failed"] as const) expect(mayTakeBack(own(state))).toBe(true);
    for (const state of ["sending", "sent", "notSynced", "read"] as const) expect(mayTakeBack(own(state))).toBe(false);
    expect(mayTakeBack(received())).toBe(false);
  });

  it("cannot be taken back once something of it may have left", () => {
    for (const state of ["queued", "failed"] as const)
      expect(mayTakeBack(own(state, { mayHaveLeft: true }))).toBe(false);
  });
});

describe("who wrote", () => {
  it("can be blocked from there, but not ourselves, nobody twice, and in a request elsewhere", () => {
    expect(mayBlockAuthor(received(), person)).toBe(true);
    expect(mayBlockAuthor(received(), group(false))).toBe(true);
    expect(mayBlockAuthor(own("sent"), person)).toBe(false);
    expect(mayBlockAuthor(received({ body: { kind: "mediaSaved" } }), person)).toBe(false);
    expect(mayBlockAuthor(received(), { ...person, isBlocked: true })).toBe(false);
    expect(mayBlockAuthor(received(), { ...person, isRequest: true })).toBe(false);
    expect(mayBlockAuthor(received(), note)).toBe(false);
  });
});

describe("how long messages stay", () => {
  it("is set by both sides, in groups by admins, and by nobody in a request", () => {
    expect(maySetTimer(person)).toBe(true);
    expect(maySetTimer(note)).toBe(true);
    expect(maySetTimer(group(true))).toBe(true);
    expect(maySetTimer(group(false))).toBe(false);
    expect(maySetTimer({ ...person, hasApprovedMe: false })).toBe(false);
    expect(maySetTimer({ ...person, isRequest: true })).toBe(false);
  });
});
