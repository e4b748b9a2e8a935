/**
 * Dates for people, by `Intl`. Every function takes the language and, where it matters, the present.
 * None of them throws, whatever time a message claims to have.
 */

const DAY_MS = 86_400_000;
/** The second day of the year 1 and the last but one of 9999: within those years in every time zone. */
const EARLIEST = -62_135_510_400_000;
const LATEST = 253_402_214_399_999;
const cache = new Map<string, Intl.DateTimeFormat>();

/** The nearest moment that can be shown. */
function showable(at: number): number {
  return Number.isNaN(at) ? 0 : Math.min(LATEST, Math.max(EARLIEST, at));
}

function formatted(locale: string, name: string, options: Intl.DateTimeFormatOptions, at: number): string {
  const key = `${locale} ${name}`;
  let format = cache.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    cache.set(key, format);
  }
  return format.format(showable(at));
}

function startOfDay(at: number): number {
  const day = new Date(showable(at));
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}

/** Whole days between two moments, by the calendar. */
function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
}

export function sameDay(a: number, b: number): boolean {
  return startOfDay(a) === startOfDay(b);
}

/** `2026-11-21T14:32:05.000Z`, for programs that read the page. */
export function machineTime(at: number): string {
  return new Date(showable(at)).toISOString();
}

/** `14:32` */
export function timeOfDay(locale: string, at: number): string {
  return formatted(locale, "time", { timeStyle: "short" }, at);
}

/** `21 November 2026 at 14:32:05` */
export function fullDate(locale: string, at: number): string {
  return formatted(locale, "full", { dateStyle: "long", timeStyle: "medium" }, at);
}

/** The heading of a month in a gallery: `November 2026`. */
export function monthName(locale: string, at: number): string {
  return capital(formatted(locale, "month", { month: "long", year: "numeric" }, at));
}

/** `3:07`, `1:02:05`: a place in a film or a sound. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function isSameYear(a: number, b: number): boolean {
  return new Date(showable(a)).getFullYear() === new Date(showable(b)).getFullYear();
}

/** `Saturday 21 November, 14:32`; of another year, `Saturday 21 November 2027, 14:32`. */
export function dayAndTime(locale: string, at: number, now: number): string {
  const options = { weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit" } as const;
  if (isSameYear(at, now)) return formatted(locale, "day-time", options, at);
  return formatted(locale, "year-day-time", { ...options, year: "numeric" }, at);
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

function relativeDay(locale: string, days: number): string {
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-days, "day");
}

/** The heading of a day in a timeline: today, yesterday, Monday, 3 March 2025. */
export function dayName(locale: string, at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relativeDay(locale, days));
  if (days > 1 && days < 7) return capital(formatted(locale, "weekday", { weekday: "long" }, at));
  return formatted(locale, "date", { dateStyle: "long" }, at);
}

/** The time in a list: 14:32, yesterday, Mon, 3 Mar, 03/03/2025. */
export function listTime(locale: string, at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days <= 0) return timeOfDay(locale, at);
  if (days === 1) return relativeDay(locale, 1);
  if (days < 7) return formatted(locale, "short-weekday", { weekday: "short" }, at);
  if (isSameYear(at, now)) {
    return formatted(locale, "day-month", { day: "numeric", month: "short" }, at);
  }
  return formatted(locale, "short-date", { dateStyle: "short" }, at);
}

/** `3 minutes ago`, `in 20 seconds`. */
export function relative(locale: string, at: number, now: number): string {
  const seconds = Math.round((showable(at) - showable(now)) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(seconds, "second");
  if (size < 3_600) return format.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return format.format(Math.round(seconds / 3_600), "hour");
  return format.format(Math.round(seconds / 86_400), "day");
}

/** `2.4 s`, `3 min`: a length of time. */
export function duration(locale: string, ms: number): string {
  const size = Math.abs(showable(ms));
  const [value, unit] =
    size < 60_000 ? [size / 1000, "second"] : size < 3_600_000 ? [size / 60_000, "minute"] : [size / 3_600_000, "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(
    value,
  );
}

const LENGTHS = [
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
  [1, "second"],
] as const;

/** `12 hours`, `7 days`: a setting of so many seconds, in the largest unit that is exact. */
export function lengthOfTime(locale: string, seconds: number): string {
  // Seven days are said as days; only what is longer becomes weeks.
  const [size, unit] = LENGTHS.find(([size]) => seconds % size === 0 && (size < 604_800 || seconds > 1_209_600)) ?? [
    1,
    "second",
  ];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
}

/** `Paul, Anne and Élodie`. */
export function listOf(locale: string, names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(names);
}
