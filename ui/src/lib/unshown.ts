/** Notes in the log that something could not be drawn. The error's name only: its text may hold what was written. */
export function noteUnshown(what: string, thrown: unknown): void {
  console.error(`${what} not shown:`, thrown instanceof Error ? thrown.name : typeof thrown);
}
