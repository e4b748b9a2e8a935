// Prints the compressed size of the window's scripts and styles; fails above the budget.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 300;
const assets = fileURLToPath(new URL("../dist/assets", import.meta.url));
const total = { js: 0, css: 0 };
for (const name of readdirSync(assets)) {
  const kind = name.split(".").pop();
  if (kind in total) total[kind] += gzipSync(readFileSync(join(assets, name)), { level: 9 }).length;
}
const kb = (bytes) => (bytes / 1000).toFixed(1);
console.log(`scripts ${kb(total.js)} kB, styles ${kb(total.css)} kB, compressed`);
process.exit(total.js > BUDGET_KB * 1000 ? 1 : 0);
