/** What jsdom lacks: sizes, observers, media queries. Every element is as big as a small window. */

import { cleanup, configure } from "@testing-library/svelte";
import { afterEach, vi } from "vitest";

import { setLocale, setRegions } from "../i18n/i18n.svelte";

// A busy machine makes a test slow, not wrong.
configure({ asyncUtilTimeout: 20_000 });

const SIZE = { width: 1_000, height: 700 };

class SizeObserver implements ResizeObserver {
  readonly #callback: ResizeObserverCallback;
  constructor(callback: ResizeObserverCallback) {
    this.#callback = callback;
  }
  observe(target: Element): void {
    const height =
      target.querySelector("[data-testid=timeline], [role=option], [role=article], [data-message-id]") === null
        ? SIZE.height
        : 64;
    const entry = { target, contentRect: { ...SIZE, height } } as unknown as ResizeObserverEntry;
    queueMicrotask(() => this.#callback([entry], this));
  }
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver = SizeObserver;
for (const [name, value] of [
  ["offsetHeight", SIZE.height],
  ["offsetWidth", SIZE.width],
  ["clientHeight", SIZE.height],
  ["clientWidth", SIZE.width],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => value });
}
// What virtua asks before it measures.
Object.defineProperty(HTMLElement.prototype, "offsetParent", {
  configurable: true,
  get(this: HTMLElement) {
    return this.parentElement;
  },
});
// Engines keep the attribute in step with the property.
Object.defineProperty(HTMLElement.prototype, "inert", {
  configurable: true,
  get(this: HTMLElement) {
    return this.hasAttribute("inert");
  },
  set(this: HTMLElement, isInert: boolean) {
    this.toggleAttribute("inert", isInert);
  },
});
// Ids here need no escaping.
globalThis.CSS = { escape: (text: string) => text } as unknown as typeof CSS;
document.title = "Entre Nous";
// Nothing is drawn: a frame is over at once, also where a test holds the clock.
const { setTimeout: soon, clearTimeout: never } = globalThis;
globalThis.requestAnimationFrame = (draw) => soon(() => draw(performance.now()), 0);
globalThis.cancelAnimationFrame = (frame) => never(frame);
// There is no place: nothing stands anywhere.
document.elementsFromPoint = () => [];
// axe asks a canvas how letters look; there is none.
HTMLCanvasElement.prototype.getContext = (() => null) as typeof HTMLCanvasElement.prototype.getContext;
Element.prototype.scrollTo = function scrollTo(): void {};
Element.prototype.scrollBy = function scrollBy(): void {};
Element.prototype.scrollIntoView = function scrollIntoView(): void {};
Element.prototype.setPointerCapture = function setPointerCapture(): void {};
Element.prototype.hasPointerCapture = () => false;
// Pointers are told by events of their own.
class Pointer extends MouseEvent implements Pick<PointerEvent, "pointerId" | "pointerType" | "isPrimary"> {
  readonly pointerId: number;
  readonly pointerType: string;
  readonly isPrimary: boolean;
  constructor(type: string, init: PointerEventInit = {}) {
    super(type, init);
    this.pointerId = init.pointerId ?? 0;
    this.pointerType = init.pointerType ?? "";
    this.isPrimary = init.isPrimary ?? false;
  }
}
globalThis.PointerEvent = Pointer as unknown as typeof PointerEvent;
window.matchMedia = (query) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
globalThis.DOMRect = class {
  constructor(
    readonly x = 0,
    readonly y = 0,
    readonly width = 0,
    readonly height = 0,
  ) {}
} as unknown as typeof DOMRect;

// The next test begins with the page that the first one had, also where it stands in another file.
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  setLocale("en");
  setRegions(navigator.languages);
  document.body.replaceChildren();
  document.elementFromPoint = () => null;
  for (const root of [document.documentElement, document.body])
    for (const name of root.getAttributeNames()) root.removeAttribute(name);
});

// jsdom's files cannot be read by a promise.
Object.defineProperty(Blob.prototype, "arrayBuffer", {
  configurable: true,
  value(this: Blob) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error ?? new Error("a file cannot be read"));
      reader.readAsArrayBuffer(this);
    });
  },
});
