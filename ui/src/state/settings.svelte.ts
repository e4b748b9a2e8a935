import { localeFor, setLocale, setRegions, type Locale } from "../i18n/i18n.svelte";
import type { Backend, Settings, SettingsPatch } from "../ipc/backend";

const DEFAULTS: Settings = {
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
};
/** Steps of the text size, in percent. */
export const TEXT_SIZES = [90, 100, 110, 125, 150, 175, 200] as const;
export const LIST_WIDTH = { min: 240, max: 480 } as const;

export class SettingsModel {
  value = $state<Settings>(DEFAULTS);
  systemIsDark = $state(false);
  readonly isDark = $derived(this.value.theme === "dark" || (this.value.theme === "system" && this.systemIsDark));
  /** The system's languages, as the program knows them; the web engine knows installed ones only. */
  systemLanguages = $state.raw<readonly string[]>(navigator.languages);
  readonly locale: Locale = $derived(localeFor(this.value.language, this.systemLanguages));

  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    const dark = window.matchMedia("(prefers-color-scheme: dark)");
    this.systemIsDark = dark.matches;
    dark.addEventListener("change", (event) => (this.systemIsDark = event.matches));
    setLocale(this.locale);
  }

  take(settings: Settings): void {
    this.value = settings;
    setLocale(this.locale);
  }

  /** What the system speaks; nothing if it is not known. */
  takeSystem(languages: readonly string[]): void {
    if (languages.length === 0) return;
    this.systemLanguages = languages;
    setRegions(languages);
  }

  async refresh(): Promise<void> {
    this.take(await this.#backend.getSettings());
  }

  /** Acts at once; the program keeps it. */
  async change(patch: SettingsPatch): Promise<void> {
    this.take({ ...this.value, ...patch });
    this.take(await this.#backend.setSettings(patch));
  }

  /** The next larger (1) or smaller (-1) text size; 0 is the usual one. */
  async stepTextSize(step: 1 | -1 | 0): Promise<void> {
    const now = this.value.textSizePercent;
    const next =
      step === 0 ? 100 : step === 1 ? TEXT_SIZES.find((size) => size > now) : TEXT_SIZES.findLast((size) => size < now);
    if (next !== undefined && next !== now) await this.change({ textSizePercent: next });
  }

  /** Sets what styles look at. Through the object model only: the page's policy takes no inline style. */
  paint(root: HTMLElement): void {
    root.dataset["theme"] = this.isDark ? "dark" : "light";
    root.lang = this.locale;
    root.style.fontSize = `${this.value.textSizePercent}%`;
  }
}
