/** Recording and playing in memory: time passes when a test says so, or by itself in a browser. */

import type {
  AttachmentRow,
  ConversationId,
  PlaybackAction,
  PlaybackRow,
  PlaySoundRequest,
  RecordingAction,
  RecordingRow,
  SoundRef,
  StagedFileRow,
  VoiceDraft,
  VoiceRow,
} from "../backend";
import { apiError } from "../errors";
import { isHere } from "../../lib/files";
import { FakeFiles } from "./files";
import { attachment, remote } from "./files-seed";
import { fail } from "./input";
import { MINUTE, message } from "./seed";

const LONGEST_MS = 300_000;
const SHORTEST_MS = 1_000;
const PILLARS = 64;
const TICK_MS = 100;

/** How loud somebody speaks, the same on every run. */
export function waveform(seed = 0): number[] {
  return Array.from({ length: PILLARS }, (_, at) => {
    const word = Math.abs(Math.sin((at + seed) * 0.37) * Math.cos((at + seed) * 0.11));
    return Math.round(255 * (0.15 + 0.85 * word));
  });
}

export class FakeVoice extends FakeFiles {
  #recording: RecordingRow | null = null;
  #playback: PlaybackRow | null = null;
  #recorded = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  // ----- recording

  async voiceRecord(conversation: ConversationId | null): Promise<VoiceRow> {
    this.call("voiceRecord", conversation);
    await this.pause();
    this.#playback = null;
    this.#recording = { state: "running", lengthMs: 0, level: 0, error: null };
    return this.#told();
  }

  async voiceRecording(action: RecordingAction): Promise<VoiceRow> {
    this.call("voiceRecording", action);
    const recording = this.#recording ?? fail("voiceGone");
    if (action === "discard") this.#recording = null;
    else if (recording.state !== "full")
      this.#recording = { ...recording, state: action === "pause" ? "paused" : "running", level: 0, error: null };
    return this.#told();
  }

  async voiceFinish(conversation: string | null): Promise<VoiceDraft> {
    const recording = this.#recording ?? fail("voiceGone");
    const { lengthMs } = recording;
    const code = this.failing.get("voiceFinish");
    if (code !== undefined) {
      this.#recording = { ...recording, state: "unsaved", level: 0, error: apiError(code) };
      this.#told();
    }
    this.call("voiceFinish", conversation);
    this.#recording = null;
    this.#told();
    if (lengthMs < SHORTEST_MS) fail("voiceTooShort");
    const file = `voice-${(this.#recorded += 1)}`;
    const row: StagedFileRow = {
      id: file,
      name: "voice.mp3",
      sizeBytes: lengthMs * 6,
      contentType: "audio/mp3",
      kind: "voice",
      width: null,
      height: null,
      durationMs: lengthMs,
      waveform: waveform(this.#recorded),
      thumbnail: null,
      isAnimated: false,
      isProgram: false,
      asItIs: false,
    };
    this.stageIn(conversation ?? "", row);
    return { file, lengthMs, waveform: row.waveform };
  }

  async voiceStatus(): Promise<VoiceRow> {
    return { recording: this.#recording, playback: this.#playback };
  }

  // ----- playing

  async voicePlay(request: PlaySoundRequest): Promise<VoiceRow> {
    this.call("voicePlay", request);
    this.#playback = null;
    const lengthMs = this.#lengthOf(request.sound);
    const { sound, fromMs: positionMs, speedPercent } = request;
    this.#playback = { sound, state: "playing", positionMs, lengthMs, speedPercent, error: null };
    return this.#told();
  }

  async voicePlayback(action: PlaybackAction): Promise<VoiceRow> {
    this.call("voicePlayback", action);
    const now = this.#playback;
    if (action.kind === "stop") this.#playback = null;
    else this.#playback = acted(now ?? fail("voiceGone"), action);
    return this.#told();
  }

  #lengthOf(sound: SoundRef): number | null {
    if (sound.kind === "staged") {
      const files = [...this.staged.values()].flat();
      return files.find((file) => file.id === sound.file)?.durationMs ?? fail("soundNotHere");
    }
    const row = this.store.find(sound.message);
    const file = row?.attachments.find((one) => one.index === sound.index);
    if (row === undefined || file === undefined || !isHere(file, row)) fail("soundNotHere");
    return file.durationMs;
  }

  /** What has gone is not heard any more. */
  protected override removeMessages(ids: string[]): void {
    super.removeMessages(ids);
    const sound = this.#playback?.sound;
    if (sound?.kind !== "message" || !ids.includes(sound.message)) return;
    this.#playback = null;
    this.#told();
  }

  // ----- what tests do

  /** Somebody speaks into the microphone. */
  hear(ms: number, level = 50): void {
    const recording = this.#recording;
    if (recording?.state !== "running") return;
    const lengthMs = Math.min(LONGEST_MS, recording.lengthMs + ms);
    const isFull = lengthMs === LONGEST_MS;
    this.#recording = { ...recording, lengthMs, state: isFull ? "full" : "running", level: isFull ? 0 : level };
    this.#told();
  }

  /** The microphone is unplugged. */
  unplug(): void {
    if (this.#recording === null) return;
    this.#recording = { ...this.#recording, state: "failed", level: 0, error: apiError("microphoneLost") };
    this.#told();
  }

  /** Time passes while a sound plays. */
  speak(ms: number): void {
    const now = this.#playback;
    if (now?.state !== "playing") return;
    const reached = now.positionMs + (ms * now.speedPercent) / 100;
    const isOver = now.lengthMs !== null && reached >= now.lengthMs;
    const positionMs = isOver ? (now.lengthMs ?? 0) : Math.round(reached);
    this.#playback = { ...now, positionMs, state: isOver ? "ended" : "playing" };
    this.#told();
  }

  /** What is recorded and what plays. */
  get voiceNow(): VoiceRow {
    return { recording: this.#recording, playback: this.#playback };
  }

  /** Voice messages of both, in the first conversation. */
  protected arrangeVoices(): void {
    const id = this.rows[0]?.id ?? fail("conversationNotFound");
    const lines = this.messages.get(id) ?? [];
    const here = (durationMs: number, seed: number): AttachmentRow =>
      attachment("voice", 0, { durationMs, waveform: waveform(seed) });
    const own = { ...here(65_000, 40), state: "uploaded" as const };
    for (const [at, file] of [here(12_000, 0), here(47_300, 9), remote("voice"), own].entries()) {
      const line = { text: "", at: this.now() - (4 - at) * (MINUTE / 10) };
      const row = message(this.nextMessage(), id, file === own ? { ...line, own: "sent" } : line);
      row.attachments = [file];
      lines.push(row);
    }
    this.touch(id);
  }

  #told(): VoiceRow {
    this.emit({ kind: "voiceChanged" });
    const isGoing = this.#recording?.state === "running" || this.#playback?.state === "playing";
    if (this.pace === 0 || !isGoing) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    } else
      this.#clock ??= setInterval(() => {
        this.hear(TICK_MS, Math.round(100 * Math.random()));
        this.speak(TICK_MS);
      }, TICK_MS);
    return this.voiceNow;
  }
}

/** What becomes of what plays. */
function acted(now: PlaybackRow, action: Exclude<PlaybackAction, { kind: "stop" }>): PlaybackRow {
  switch (action.kind) {
    case "pause":
      return now.state === "playing" ? { ...now, state: "paused" } : now;
    case "resume":
      return { ...now, state: "playing", positionMs: now.state === "ended" ? 0 : now.positionMs, error: null };
    case "seek": {
      const positionMs = Math.min(action.positionMs, now.lengthMs ?? action.positionMs);
      return { ...now, positionMs, state: now.state === "ended" ? "paused" : now.state };
    }
    case "speed":
      return { ...now, speedPercent: action.percent };
  }
}
