import { fireEvent } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import { MARGIN } from "../../components/menu-place";
import { loadEmoji } from "../../lib/emoji/emoji";
import { get, openApp, settled, type Opened } from "../../testing/app";

const ROOM = 720;
const usual = window.innerHeight;
const PICKER = 474;
const BAR = 50;

/** As high as what is in it: the picker, or a row of emoji. It is measured again when that changes. */
function measure(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class extends ResizeObserver {
      readonly #changes = new Map<Element, MutationObserver>();
      override observe(target: Element): void {
        super.observe(target);
        const again = new MutationObserver(() => super.observe(target));
        again.observe(target, { childList: true, subtree: true });
        this.#changes.set(target, again);
      }
      override disconnect(): void {
        for (const one of this.#changes.values()) one.disconnect();
        super.disconnect();
      }
    },
  );
  const heightOf = (element: HTMLElement): number => {
    const whole = element.querySelector("[data-testid=emoji-picker]") === null ? BAR : PICKER;
    const popover = element.matches("[data-popover]") ? element : element.querySelector<HTMLElement>("[data-popover]");
    return popover === null ? 700 : Math.min(whole, Number.parseFloat(popover.style.maxHeight) || Infinity);
  };
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockImplementation(function (this: HTMLElement) {
    return heightOf(this);
  });
  vi.stubGlobal(
    "DOMRect",
    class extends DOMRect {
      override readonly left = this.x;
      override readonly top = this.y;
    },
  );
}

/** Where the popover begins and ends. */
function span(): { top: number; bottom: number } {
  const popover = document.querySelector<HTMLElement>("[data-popover]")!;
  const top = Number(/translate\([-\d.]+px, ([-\d.]+)px\)/u.exec(popover.parentElement!.style.transform)?.[1]);
  return { top, bottom: top + popover.offsetHeight };
}

async function opened(): Promise<Opened> {
  await loadEmoji("en");
  window.innerHeight = ROOM;
  const app = await openApp("main");
  await app.model.openConversation(app.fake.rows[0]!.id);
  await settled();
  vi.spyOn(document.documentElement, "clientHeight", "get").mockReturnValue(ROOM);
  return app;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  window.innerHeight = usual;
});

describe("the emoji to react with", () => {
  it.each([100, 338, 600])("stay in the window when the few become all, from %s px", async (clientY) => {
    const app = await opened();
    measure();
    await app.user.hover(document.querySelector("[data-message-id]")!);
    await settled();
    await fireEvent.click(get("hover-react"), { clientX: 300, clientY });
    await settled();
    await app.user.click(get("reaction-more"));
    await settled();
    expect(document.activeElement).toBe(get("emoji-search"));
    const { top, bottom } = span();
    expect(top).toBeGreaterThanOrEqual(MARGIN);
    expect(bottom).toBeLessThanOrEqual(ROOM - MARGIN);
  });
});

describe("the emoji to write", () => {
  it.each([658, 463])("leave the field in sight, and what is beside it, above %s px", async (edge) => {
    const app = await opened();
    measure();
    const box = get("composer-input").closest("form")!;
    box.getBoundingClientRect = () => ({ top: edge }) as DOMRect;
    await fireEvent.click(get("composer-emoji"), { clientX: 1_000, clientY: 680 });
    await settled();
    expect(app.model.acts.recent.length).toBeGreaterThan(0);
    const { top, bottom } = span();
    expect(top).toBeGreaterThanOrEqual(MARGIN);
    expect(bottom).toBeLessThan(edge);
  });
});
