import type { Component } from "svelte";

/** A line of a menu; `null` draws a line between. */
export type MenuItem = {
  label: string;
  icon: Component;
  key?: string;
  isDanger?: boolean;
  run: () => void;
} | null;
