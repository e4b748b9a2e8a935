/** What an account in memory starts with. */

import type { AccountRow, BootState, Connectivity, Settings, Stage } from "../backend";
import { apiError } from "../errors";
import { accountOf, MINUTE, NOW, OWN } from "./seed";

/** What the window starts with. */
export type Scenario =
  | "main"
  | "new"
  | "locked"
  | "damaged"
  | "broken"
  | "empty"
  | "demo"
  | "big"
  | "offline"
  | "connecting"
  | "restored"
  | "requests"
  | "groups"
  | "acts"
  | "files"
  | "voice"
  | "cards";

export const SCENARIOS: readonly Scenario[] = [
  "main",
  "new",
  "locked",
  "damaged",
  "broken",
  "empty",
  "demo",
  "big",
  "offline",
  "connecting",
  "restored",
  "requests",
  "groups",
  "acts",
  "files",
  "voice",
  "cards",
];

interface Start {
  stage: Stage;
  account: AccountRow;
  password: string | null;
  settings: Settings;
  connectivity: Connectivity;
  content: "none" | "small" | "big";
}

/** What the window is told first. */
export function bootOf(stage: Stage, settings: Settings, isDemo: boolean): BootState {
  return {
    stage,
    settings,
    version: "0.1.0",
    network: isDemo ? "local" : "mainnet",
    systemLanguages: [],
    demoContact: isDemo ? { accountId: accountOf(42), name: "Écho" } : null,
  };
}

const WITHOUT_CONTENT: readonly Scenario[] = ["new", "empty", "demo", "restored"];

function ready(): Omit<Start, "content"> {
  return {
    stage: { kind: "ready" },
    account: {
      accountId: OWN,
      displayName: "Morgane",
      picture: null,
      pictureUpload: { kind: "done" },
      protection: "keyring",
      phraseSeen: false,
      protectionAsked: true,
      isRestoring: false,
    },
    password: null,
    settings: {
      theme: "system",
      language: "system",
      textSizePercent: 100,
      enterSends: true,
      spellCheck: true,
      listWidthPx: 328,
      readReceipts: false,
      typingIndicators: false,
      communityRequests: false,
      autoLockMinutes: 0,
      memberNames: false,
      autoDownload: true,
      playNextVoice: true,
      linkPreviews: false,
    },
    connectivity: {
      state: "connected",
      paths: [
        [
          { ip: "95.216.33.113", country: "FI" },
          { ip: "144.91.80.12", country: "DE" },
          { ip: "51.158.112.7", country: "FR" },
        ],
      ],
      hopsReady: 3,
      knownNodes: 1874,
      clockDeviationMs: 240,
      lastSyncAt: NOW - 4_000,
      waiting: 0,
      failed: 0,
      parked: 0,
      dropped: 0,
    },
  };
}

/** The state of a scenario before anything is done to it. */
export function startOf(scenario: Scenario): Start {
  const start = ready();
  if (scenario === "new") start.stage = { kind: "noAccount" };
  if (scenario === "locked") {
    start.stage = { kind: "locked" };
    start.password = "secret1";
    start.account.protection = "password";
  }
  if (scenario === "damaged") start.stage = { kind: "damaged", file: "nous.db", backupAt: NOW - 90 * MINUTE };
  if (scenario === "broken") start.stage = { kind: "failed", error: apiError("profileNewer") };
  if (scenario === "restored")
    Object.assign(start.account, { displayName: "", protectionAsked: false, phraseSeen: true });
  if (scenario === "offline") Object.assign(start.connectivity, { state: "offline", paths: [], hopsReady: 0 });
  if (scenario === "connecting") Object.assign(start.connectivity, { state: "building", paths: [], hopsReady: 2 });
  const content = scenario === "big" ? "big" : WITHOUT_CONTENT.includes(scenario) ? "none" : "small";
  return { ...start, content };
}
