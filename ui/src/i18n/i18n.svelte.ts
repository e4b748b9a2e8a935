/** Texts of the window: Project Fluent, English and French. */

import { FluentBundle, FluentResource } from "@fluent/bundle";

import english from "../../messages/en.ftl?raw";
import french from "../../messages/fr.ftl?raw";
import type { Language } from "../ipc/backend";
import type { MessageId, Messages } from "./ids";

/** Languages that the app is written in. */
export type Locale = "en" | "fr";

function bundle(locale: Locale, source: string): FluentBundle {
  const made = new FluentBundle(locale, { useIsolating: false });
  made.addResource(new FluentResource(source));
  return made;
}

const bundles: Record<Locale, FluentBundle> = {
  en: bundle("en", english),
  fr: bundle("fr", french),
};

class I18n {
  locale = $state<Locale>("en");
  /** Tags with a region, the preferred one first. */
  regions = $state.raw<readonly string[]>(navigator.languages);
}

const i18n = new I18n();

/** The language in which the window speaks now. */
export function locale(): Locale {
  return i18n.locale;
}

/** The same with the system's region, for dates and numbers: 14:32 or 2:32 PM. */
export function formats(): string {
  return i18n.regions.find((tag) => tag.toLowerCase().startsWith(i18n.locale) && isTag(tag)) ?? i18n.locale;
}

/** Whether the engine takes a tag; the system may name what it does not. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** The system's languages, for regions. */
export function setRegions(to: readonly string[]): void {
  i18n.regions = to;
}

/** The language for a choice: the system's where it says so, English if it is neither. */
export function localeFor(language: Language, system: readonly string[]): Locale {
  if (language !== "system") return language;
  for (const tag of system) {
    if (/^fr\b/i.test(tag)) return "fr";
    if (/^en\b/i.test(tag)) return "en";
  }
  return "en";
}

export function setLocale(to: Locale): void {
  i18n.locale = to;
}

type Arguments<K extends MessageId> = Messages[K] extends undefined ? [] : [args: Messages[K]];

/** The text of a message in the language of now. */
export function t<K extends MessageId>(id: K, ...[args]: Arguments<K>): string {
  const { value } = bundles[i18n.locale].getMessage(id) ?? { value: null };
  if (value === null) return id;
  return bundles[i18n.locale].formatPattern(value, args);
}
