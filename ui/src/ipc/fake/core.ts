/** What every part of the account in memory stands on: its rows, its events, what tests look at. */

import type {
  AccountRow,
  AppEvent,
  BootState,
  Connectivity,
  ConversationRow,
  ErrorCode,
  EventBatch,
  FilesDropped,
  Settings,
  Stage,
} from "../backend";
import { EventQueue } from "./event-queue";
import { fail } from "./input";
import { bootOf, type Scenario, startOf } from "./scenario";
import { NOW } from "./seed";

export class FakeCore {
  stage: Stage;
  account: AccountRow;
  password: string | null;
  settings: Settings;
  connectivity: Connectivity;
  rows: ConversationRow[] = [];
  /** Calls that tests look at. */
  readonly calls: { name: string; argument: unknown }[] = [];
  /** What the next calls of a name fail with. */
  readonly failing = new Map<string, ErrorCode>();
  /** Milliseconds between the steps of a send or a job; 0 in tests. */
  pace: number;

  protected readonly isDemo: boolean;
  protected readonly hasRequests: boolean;
  protected readonly hasGroups: boolean;
  protected readonly content: "none" | "small" | "big";
  readonly #events = new EventQueue();
  #onDrop: ((files: FilesDropped) => void) | null = null;
  #drops = 0;
  #dropped: File[] = [];
  #job = 0;

  constructor(scenario: Scenario = "main", pace = 0) {
    this.pace = pace;
    const start = startOf(scenario);
    this.stage = start.stage;
    this.account = start.account;
    this.password = start.password;
    this.settings = start.settings;
    this.connectivity = start.connectivity;
    this.content = start.content;
    this.isDemo = scenario === "demo";
    this.hasRequests = scenario === "requests";
    this.hasGroups = scenario === "groups";
  }

  async getBootState(): Promise<BootState> {
    return bootOf(this.stage, { ...this.settings }, this.isDemo);
  }

  async subscribe(onBatch: (batch: EventBatch) => void): Promise<void> {
    this.#events.subscribe(onBatch);
  }

  async ackEvents(): Promise<void> {
    this.#events.acknowledge();
  }

  async getSettings(): Promise<Settings> {
    return { ...this.settings };
  }

  async setSettings(patch: Partial<Settings>): Promise<Settings> {
    this.call("setSettings", patch);
    Object.assign(this.settings, patch);
    this.emit({ kind: "settingsChanged" });
    return { ...this.settings };
  }

  /** The present of this account. */
  now(): number {
    return this.pace === 0 ? NOW : Date.now();
  }

  /** The network changes. */
  connect(change: Partial<Connectivity>): void {
    Object.assign(this.connectivity, change);
    this.emit({ kind: "connectivityChanged" });
  }

  /** Sends an event as the program would. */
  emit(event: AppEvent): void {
    this.#events.emit(event);
  }

  async watchDrops(onDrop: (files: FilesDropped) => void): Promise<void> {
    this.#onDrop = onDrop;
  }

  /** Files are dropped somewhere on the window. */
  drop(files: File[]): void {
    this.#dropped = files;
    this.#onDrop?.({ number: (this.#drops += 1), x: 10, y: 20 });
  }

  protected takeDropped(number: number): File {
    const [file, ...more] = this.#dropped;
    if (number !== this.#drops || file === undefined) fail("fileUnreadable");
    if (more.length > 0) fail("severalFiles");
    this.#dropped = [];
    return file;
  }

  protected takeAllDropped(number: number): File[] {
    const files = this.#dropped;
    if (number !== this.#drops || files.length === 0) fail("fileUnreadable");
    this.#dropped = [];
    return files;
  }

  protected nextJob(): string {
    return `job-${(this.#job += 1)}`;
  }

  protected row(id: string): ConversationRow {
    return this.rows.find((row) => row.id === id) ?? fail("conversationNotFound");
  }

  protected changed(id: string): void {
    this.emit({ kind: "conversationsChanged", ids: { of: "some", ids: [id] } });
  }

  protected async pause(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.pace));
  }

  protected call(name: string, argument: unknown): void {
    this.calls.push({ name, argument });
    const code = this.failing.get(name);
    if (code !== undefined) fail(code);
  }
}
