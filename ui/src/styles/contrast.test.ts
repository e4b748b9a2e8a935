import { describe, expect, it } from "vitest";

import tokens from "./tokens.css?raw";

type Theme = Record<string, string>;

function block(selector: string): Theme {
  const start = tokens.indexOf(`${selector} {`);
  const body = tokens.slice(start, tokens.indexOf("\n}", start));
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gu)].map((m) => [m[1] ?? "", m[2] ?? ""]));
}

const light = block(":root");
const themes: Record<string, Theme> = { light, dark: { ...light, ...block(':root[data-theme="dark"]') } };

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const SURFACES = ["ground", "surface", "canvas", "raised", "hover", "selected", "accent-soft"];
const AVATARS = ["avatar-1", "avatar-2", "avatar-3", "avatar-4", "avatar-5", "avatar-6"];
/** Text on what it may stand on. */
const TEXT: [string, string[]][] = [
  ["ink", [...SURFACES, "danger-soft", "warn-soft"]],
  ["ink-2", SURFACES],
  ["ink-3", ["ground", "surface", "canvas", "raised", "hover", "selected"]],
  ["accent-text", ["surface", "canvas", "raised", "hover", "selected", "accent-soft"]],
  ["accent-ink", ["accent"]],
  ["danger", ["surface", "canvas", "hover", "selected", "danger-soft"]],
  ["warn", ["surface", "canvas", "warn-soft"]],
  ["ok", ["canvas", "selected"]],
  ["avatar-ink", AVATARS],
];
/** Edges and dots that mean something. */
const SHAPES: [string, string[]][] = [
  ["line-strong", ["surface", "canvas"]],
  ["accent", ["ground", "surface", "canvas", "raised", "hover", "selected"]],
  ["ok", ["ground"]],
  ["warn", ["ground"]],
  ["danger", ["ground"]],
];

describe.each(Object.entries(themes))("colours, %s", (_name, theme) => {
  const pairs = (table: [string, string[]][]): [string, string, number][] =>
    table.flatMap(([ink, grounds]) =>
      grounds.map((ground): [string, string, number] => [ink, ground, contrast(theme[ink] ?? "", theme[ground] ?? "")]),
    );

  it.each(pairs(TEXT))("%s can be read on %s", (_ink, _ground, ratio) => expect(ratio).toBeGreaterThanOrEqual(4.5));
  it.each(pairs(SHAPES))("%s can be seen on %s", (_ink, _ground, ratio) => expect(ratio).toBeGreaterThanOrEqual(3));
});
