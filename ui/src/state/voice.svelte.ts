import { t } from "../i18n/i18n.svelte";
import { conversationName } from "../i18n/words";
import type {
  ApiError,
  AppEvent,
  ConversationId,
  MessageId,
  MessageRow,
  PlaybackAction,
  PlaybackRow,
  RecordingRow,
  SoundRef,
  VoiceDraft,
  VoiceRow,
} from "../ipc/backend";
import { asApiError } from "../ipc/errors";
import { isHere } from "../lib/files";
import { isEvent } from "../lib/grouping";
import { PILLARS } from "../lib/waveform";
import type { Composer } from "./composer.svelte";
import type { AppModel } from "./model.svelte";

/** How fast a sound plays, in hundredths; from one to the next, and round. */
export const SPEEDS = [100, 150, 200] as const;
/** Messages among which the next one is looked for. */
const NEAR = 20;

/** What of a message a sound needs. */
type Of = Pick<MessageRow, "id" | "conversation">;

function isSame(a: SoundRef, b: SoundRef): boolean {
  if (a.kind === "message") return b.kind === "message" && a.message === b.message && a.index === b.index;
  return b.kind === "staged" && a.file === b.file;
}

/** Whether a message is a voice message. */
export function isVoice({ attachments }: Pick<MessageRow, "attachments">): boolean {
  return attachments.length === 1 && attachments[0]?.kind === "voice";
}

/** What is recorded, and what plays: one of each at a time, whichever conversation is open. */
export class VoiceModel {
  recording = $state.raw<RecordingRow | null>(null);
  /** Where it is spoken. */
  conversation = $state<ConversationId | null>(null);
  /** How loud it was, the newest last. */
  levels = $state.raw<readonly number[]>([]);
  /** The microphone is being opened, or the recording ended. */
  isBusy = $state(false);
  /** Why there is no recording, and where that is said. */
  problem = $state.raw<{ conversation: ConversationId; error: ApiError } | null>(null);
  playback = $state.raw<PlaybackRow | null>(null);
  /** How fast the next sound plays. */
  speed = $state<number>(SPEEDS[0]);
  /** The message whose sound plays, and what its conversation is called. */
  source = $state.raw<(Of & { name: string }) | null>(null);

  readonly #model: AppModel;
  /** What is asked of the microphone, one after the other: it takes its time to open. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(model: AppModel) {
    this.#model = model;
  }

  async apply(event: AppEvent): Promise<void> {
    if (event.kind !== "voiceChanged" && event.kind !== "resync") return;
    this.#take(await this.#model.backend.voiceStatus());
  }

  #take({ recording, playback }: VoiceRow): void {
    if (recording !== null && recording.lengthMs !== this.recording?.lengthMs)
      this.levels = [...this.levels.slice(1 - PILLARS), recording.level];
    // It ended without anybody here.
    if (recording === null && this.recording !== null && !this.isBusy) this.#end();
    this.recording = recording;
    const before = this.playback;
    this.playback = playback;
    if (before === null || playback === null || !isSame(before.sound, playback.sound)) return;
    if (before.state !== "ended" && playback.state === "ended") void this.#playNext(playback.sound);
  }

  // ----- recording

  /** Whether something is recorded there, or the microphone is being opened. */
  isRecordedIn(conversation: ConversationId): boolean {
    return this.conversation === conversation;
  }

  /** Begins a voice message; answers whether it is recorded. */
  async record(conversation: ConversationId): Promise<boolean> {
    if (this.isBusy || this.conversation !== null) return false;
    this.problem = null;
    this.levels = [];
    this.recording = null;
    this.conversation = conversation;
    const isBegun = await this.#work(async () => this.#take(await this.#model.backend.voiceRecord(conversation)));
    if (isBegun) {
      this.#model.announcer.say(t("voice-recording"));
      return true;
    }
    this.#end();
    this.#model.navigation.composerFocus += 1;
    return false;
  }

  async pause(): Promise<void> {
    if (await this.#work(async () => this.#take(await this.#model.backend.voiceRecording("pause"))))
      this.#model.announcer.say(t("voice-paused"));
  }

  async resume(): Promise<void> {
    if (await this.#work(async () => this.#take(await this.#model.backend.voiceRecording("resume"))))
      this.#model.announcer.say(t("voice-recording"));
  }

  /** Ends the recording: it can be heard, sent or given up. */
  async stop(composer: Composer): Promise<void> {
    const draft = await this.#finish(composer.conversation);
    if (draft === null) {
      this.#model.navigation.composerFocus += 1;
      return;
    }
    composer.voice = draft;
    this.#model.announcer.say(t("voice-recorded"));
  }

  /** Sends what was recorded. */
  async send(composer: Composer): Promise<void> {
    const draft = composer.voice ?? (await this.#finish(composer.conversation));
    if (draft !== null) {
      await this.#silence(draft);
      await this.#model.shown(composer.sendVoice(draft));
    }
    this.#model.navigation.composerFocus += 1;
  }

  /** Gives up what is recorded, or was. */
  async discard(composer: Composer): Promise<void> {
    const { backend, navigation } = this.#model;
    const { conversation, voice: draft } = composer;
    if (this.isRecordedIn(conversation)) {
      await this.#ending(conversation, async () => {
        await backend.voiceRecording("discard");
      });
      this.problem = null;
    } else if (draft !== null) {
      composer.takeVoice();
      composer.error = null;
      await this.#silence(draft);
      // What is still there comes back with the draft.
      await backend.discardStagedFile(draft.file, conversation).catch(() => undefined);
    }
    navigation.composerFocus += 1;
  }

  /** The conversation is left: what was spoken waits there, and is not heard elsewhere. */
  async leave(composer: Composer | null): Promise<void> {
    if (composer === null) return;
    if (this.isRecordedIn(composer.conversation)) {
      const draft = await this.#finish(composer.conversation);
      if (draft !== null) composer.voice = draft;
    }
    this.problem = null;
    if (composer.voice !== null) await this.#silence(composer.voice);
  }

  /** Answers `null` if nothing is left of the recording, or if it cannot be kept yet: then it waits. */
  async #finish(conversation: ConversationId): Promise<VoiceDraft | null> {
    let draft: VoiceDraft | null = null;
    await this.#ending(conversation, async () => {
      draft = await this.#model.backend.voiceFinish(conversation);
    });
    // The bar says it.
    if (this.recording?.state === "unsaved") this.problem = null;
    return draft;
  }

  /** Ends the recording, unless it has ended while this waited for its turn. */
  async #ending(conversation: ConversationId, work: () => Promise<void>): Promise<void> {
    await this.#work(async () => {
      if (this.conversation !== conversation) return;
      try {
        await work();
      } catch (thrown) {
        if (!(await this.#isWaiting())) this.#end();
        throw thrown;
      }
      this.#end();
    });
  }

  /** Whether a recording waits that could not be kept. It can be ended again. */
  async #isWaiting(): Promise<boolean> {
    try {
      const { recording } = await this.#model.backend.voiceStatus();
      if (recording?.state !== "unsaved") return false;
      this.recording = recording;
      return true;
    } catch {
      return false;
    }
  }

  #end(): void {
    this.recording = null;
    this.conversation = null;
    this.levels = [];
  }

  #work(work: () => Promise<void>): Promise<boolean> {
    const turn = this.#turn.then(() => this.#try(work));
    this.#turn = turn;
    return turn;
  }

  /** Does something with the recording; why it cannot be done is said where it is spoken. */
  async #try(work: () => Promise<void>): Promise<boolean> {
    const { conversation } = this;
    if (conversation === null) return false;
    this.isBusy = true;
    try {
      await work();
      return true;
    } catch (thrown) {
      this.problem = { conversation, error: asApiError(thrown) };
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  // ----- playing

  /** How a sound stands, if it is the one that plays or played last. */
  playbackOf(sound: SoundRef): PlaybackRow | null {
    return this.playback !== null && isSame(this.playback.sound, sound) ? this.playback : null;
  }

  /** Plays a sound, or pauses it. `of`: its message. */
  async toggle(sound: SoundRef, of: Of | null): Promise<void> {
    const now = this.playbackOf(sound);
    if (now === null) await this.play(sound, of);
    else await this.#act({ kind: now.state === "playing" ? "pause" : "resume" });
  }

  /** Plays a sound from a place on; what played before ends. */
  async play(sound: SoundRef, of: Of | null, fromMs = 0): Promise<void> {
    const name = of === null ? "" : this.#nameOf(of.conversation);
    this.source = of === null ? null : { id: of.id, conversation: of.conversation, name };
    await this.#model.attempt(async () =>
      this.#take(await this.#model.backend.voicePlay({ sound, fromMs, speedPercent: this.speed })),
    );
  }

  #nameOf(id: ConversationId): string {
    if (this.source?.conversation === id) return this.source.name;
    const { current, rows } = this.#model.conversations;
    const row = current?.id === id ? current : rows.find((one) => one.id === id);
    return row === undefined ? "" : conversationName(row);
  }

  /** Goes to a place of a sound; one that does not play begins there. */
  async seek(sound: SoundRef, of: Of | null, positionMs: number): Promise<void> {
    if (this.playbackOf(sound) === null) await this.play(sound, of, positionMs);
    else await this.#act({ kind: "seek", positionMs });
  }

  /** The next speed, for what plays and whatever plays later. */
  async changeSpeed(): Promise<void> {
    const at = SPEEDS.findIndex((speed) => speed === this.speed);
    this.speed = SPEEDS[(at + 1) % SPEEDS.length] ?? SPEEDS[0];
    if (this.playback !== null) await this.#act({ kind: "speed", percent: this.speed });
  }

  /** Ends what plays. */
  async end(): Promise<void> {
    await this.#act({ kind: "stop" });
  }

  async #act(action: PlaybackAction): Promise<void> {
    await this.#model.attempt(async () => this.#take(await this.#model.backend.voicePlayback(action)));
  }

  /** A recording is not heard any more. */
  async #silence({ file }: VoiceDraft): Promise<void> {
    if (this.playbackOf({ kind: "staged", file }) !== null) await this.end();
  }

  /** Behind a voice message the one that follows it plays, if somebody else said it and it is here. */
  async #playNext(sound: SoundRef): Promise<void> {
    const { source } = this;
    if (sound.kind !== "message" || source === null || !this.#model.settings.value.playNextVoice) return;
    const next = await this.#following(source.conversation, sound.message).catch(() => null);
    // Something else may have been played meanwhile.
    const { playback } = this;
    if (next === null || playback === null || !isSame(playback.sound, sound) || playback.state !== "ended") return;
    await this.play({ kind: "message", message: next.id, index: 0 }, next);
  }

  async #following(conversation: ConversationId, message: MessageId): Promise<MessageRow | null> {
    const anchor = { at: "around", message } as const;
    const { rows } = await this.#model.backend.listMessages({ conversation, anchor, limit: NEAR });
    const at = rows.findIndex((row) => row.id === message);
    const heard = rows[at];
    const next = rows.slice(at + 1).find((row) => !isEvent(row));
    if (heard === undefined || next === undefined || !isVoice(heard) || !isVoice(next) || next.isOwn) return null;
    return next.attachments.every((file) => isHere(file, next)) ? next : null;
  }

  /** A locked profile: nothing of it stays. */
  forget(): void {
    this.#end();
    this.problem = null;
    this.playback = null;
    this.source = null;
  }
}
