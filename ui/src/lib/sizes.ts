/** Sizes for people. */

const UNITS = [
  [1_000_000_000, "gigabyte"],
  [1_000_000, "megabyte"],
  [1_000, "kilobyte"],
  [1, "byte"],
] as const;

/** `1.2 MB`, `340 kB`: bytes in the largest unit that is not below one. */
export function sizeText(locale: string, bytes: number): string {
  const [size, unit] = UNITS.find(([size]) => bytes >= size) ?? [1, "byte"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(
    bytes / size,
  );
}
