/** Sizes and parts of a whole, for people. */

const UNITS = [
  [1_000_000_000, "gigabyte"],
  [1_000_000, "megabyte"],
  [1_000, "kilobyte"],
  [1, "byte"],
] as const;

/** `1.2 MB`, `340 kB`, `26 bytes`: bytes in the largest unit that is not below one. */
export function sizeText(locale: string, bytes: number): string {
  const [size, unit] = UNITS.find(([size]) => bytes >= size) ?? [1, "byte"];
  // Bytes have no short word that every language counts with.
  const unitDisplay = unit === "byte" ? "long" : "short";
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay, maximumFractionDigits: 1 }).format(
    bytes / size,
  );
}

/** `33%`, and in French with a narrow space that does not break: so many of a hundred. */
export function percentText(locale: string, percent: number): string {
  const text = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(percent / 100);
  // Engines have a wide one.
  return text.replace("\u00a0", "\u202f");
}
