/** Dates for people, by `Intl`. Every function takes the language and, where it matters, the present. */

const DAY_MS = 86_400_000;
const cache = new Map<string, Intl.DateTimeFormat>();

function formatted(locale: string, name: string, options: Intl.DateTimeFormatOptions, at: number): string {
  const key = `${locale} ${name}`;
  let format = cache.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(locale, options);
    cache.set(key, format);
  }
  return format.format(at);
}

function startOfDay(at: number): number {
  const day = new Date(at);
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

/** `14:32` */
export function timeOfDay(locale: string, at: number): string {
  return formatted(locale, "time", { timeStyle: "short" }, at);
}

/** `21 November 2026 at 14:32:05` */
export function fullDate(locale: string, at: number): string {
  return formatted(locale, "full", { dateStyle: "long", timeStyle: "medium" }, at);
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
  if (new Date(at).getFullYear() === new Date(now).getFullYear()) {
    return formatted(locale, "day-month", { day: "numeric", month: "short" }, at);
  }
  return formatted(locale, "short-date", { dateStyle: "short" }, at);
}

/** `3 minutes ago`, `in 20 seconds`. */
export function relative(locale: string, at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const size = Math.abs(seconds);
  if (size < 60) return format.format(seconds, "second");
  if (size < 3_600) return format.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return format.format(Math.round(seconds / 3_600), "hour");
  return format.format(Math.round(seconds / 86_400), "day");
}

/** `2.4 s`, `3 min`: a length of time. */
export function duration(locale: string, ms: number): string {
  const size = Math.abs(ms);
  const [value, unit] =
    size < 60_000 ? [size / 1000, "second"] : size < 3_600_000 ? [size / 60_000, "minute"] : [size / 3_600_000, "hour"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(
    value,
  );
}
