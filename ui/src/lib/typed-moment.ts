/**
 * A day and a time as people type them in their language. The web engine's own field for this
 * speaks the language of the desktop, not that of the app.
 */

const TYPED =
  /^(?<a>\d{1,4})[\s./-]+(?<b>\d{1,2})[\s./-]+(?<c>\d{1,4})(?:,?\s+(?:at\s+|à\s+)?|,)(?<hour>\d{1,2})(?:\s*[:.h]\s*(?<minute>\d{2})|\s*h)?\s*(?<half>[ap]\.?\s?m\.?)?$/iu;

const TYPED_DAY = /^(?<a>\d{1,4})[\s./-]+(?<b>\d{1,2})[\s./-]+(?<c>\d{1,4})$/u;

/** Day, month and year in the order of a language. */
function order(locale: string): string[] {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: "short" }).formatToParts(0);
  return parts.map((part) => part.type).filter((type) => type === "day" || type === "month" || type === "year");
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour <= 23 ? hour : Number.NaN;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toLowerCase().startsWith("p") ? 12 : 0);
}

/** The moment that a text says, in ms; `null` if it says none. */
export function typedMoment(locale: string, text: string): number | null {
  const found = TYPED.exec(text.trim())?.groups;
  if (found === undefined) return null;
  const hour = hourOf(Number(found["hour"]), found["half"]);
  const minute = Number(found["minute"] ?? 0);
  if (Number.isNaN(hour) || minute > 59) return null;
  return momentOf(locale, found, hour, minute);
}

/** The beginning of the day that a text says, in ms; `null` if it says none. */
export function typedDay(locale: string, text: string): number | null {
  const found = TYPED_DAY.exec(text.trim())?.groups;
  return found === undefined ? null : momentOf(locale, found, 0, 0);
}

function momentOf(locale: string, found: Record<string, string>, hour: number, minute: number): number | null {
  const { a = "", b = "", c = "" } = found;
  const names = a.length > 2 ? ["year", "month", "day"] : order(locale);
  const number = (name: string): number => Number([a, b, c][names.indexOf(name)]);
  const [day, month] = [number("day"), number("month")];
  const year = number("year") < 100 ? 2000 + number("year") : number("year");
  const moment = new Date(year, month - 1, day, hour, minute);
  // The 31st of a month that has none would be a day of the next.
  const isThatDay = moment.getMonth() === month - 1 && moment.getDate() === day;
  return isThatDay ? moment.getTime() : null;
}

/** A day in the form that is understood: `28/11/2026`. */
export function dayToType(locale: string, at: number): string {
  return new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric" }).format(at);
}

/** A moment in the form that is understood: `28/11/2026 14:30`. */
export function momentToType(locale: string, at: number): string {
  const two = "2-digit";
  const options = { day: two, month: two, year: "numeric", hour: two, minute: two } as const;
  return new Intl.DateTimeFormat(locale, options).format(at);
}
