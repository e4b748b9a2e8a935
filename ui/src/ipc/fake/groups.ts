/** Groups and communities in memory. */

import type { KeptGroupRow } from "../backend";
import { FakeCore } from "./core";
import { DAY, NOW } from "./seed";

const ID = "05".padEnd(66, "4e9c");

/** One of each kind, as a phone of the account set them up. */
export const KEPT_GROUPS: KeptGroupRow[] = [
  {
    id: `legacy:${ID}`,
    kind: "legacy",
    name: "Jardin partagé",
    address: ID,
    isPinned: true,
    joinedAt: NOW - 90 * DAY,
    notifications: "mentions",
    mutedUntil: null,
  },
  {
    id: "community:https://chat.example.org/garden",
    kind: "community",
    name: "garden",
    address: "https://chat.example.org/garden",
    isPinned: false,
    joinedAt: null,
    notifications: "default",
    mutedUntil: NOW + DAY,
  },
  {
    id: `legacy:${"05".padEnd(66, "7f")}`,
    kind: "legacy",
    name: null,
    address: "05".padEnd(66, "7f"),
    isPinned: false,
    joinedAt: NOW - 700 * DAY,
    notifications: "none",
    mutedUntil: null,
  },
];

export class FakeGroups extends FakeCore {
  groups: KeptGroupRow[] = [];

  async listKeptGroups(): Promise<KeptGroupRow[]> {
    this.call("listKeptGroups", null);
    return this.groups.map((row) => ({ ...row }));
  }
}
