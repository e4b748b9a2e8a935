import { render } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import App from "../App.svelte";
import { FakeBackend } from "../ipc/fake";
import { AppModel } from "../state/model.svelte";
import { all, get, settled } from "../testing/app";
import { hindrances } from "../testing/hindrances";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A window on a profile that opens when it is told to. */
function opening(): { fake: FakeBackend; model: AppModel; open: () => void; started: Promise<void> } {
  const fake = new FakeBackend("main");
  fake.settings.language = "en";
  const plain = fake.getBootState.bind(fake);
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  fake.getBootState = async () => {
    await gate;
    return plain();
  };
  const model = new AppModel(fake);
  render(App, { model });
  return { fake, model, open, started: model.start() };
}

describe("while the profile opens", () => {
  it("the window shows nothing for 150 ms, then its outline, then itself", async () => {
    const { open, started } = opening();
    await pause(60);
    expect(document.querySelector("[data-testid=loading]")).toBeNull();
    await pause(200);
    expect(get("loading").querySelector("[role=status]")?.textContent).toContain("Loading");
    expect(await hindrances()).toEqual([]);
    open();
    await started;
    await settled();
    expect(document.querySelector("[data-testid=loading]")).toBeNull();
    expect(all("conversation-row").length).toBeGreaterThan(3);
  });
});

describe("a start that fails", () => {
  it.each(["getBootState", "getAccount", "subscribe"] as const)(
    "in %s is said, and can be tried again",
    async (step) => {
      const fake = new FakeBackend("main");
      fake.settings.language = "en";
      const broken = vi.spyOn(fake, step).mockRejectedValue(new Error("no"));
      const model = new AppModel(fake);
      render(App, { model });
      await model.start();
      await settled();
      expect(document.querySelector("h1")?.textContent).toBe("Entre Nous cannot start");
      expect(document.body.textContent).toContain("An unexpected problem.");
      const again = [...document.querySelectorAll("button")].find(
        (button) => button.textContent.trim() === "Try again",
      )!;
      again.click();
      await settled();
      expect(document.querySelector("h1")?.textContent).toBe("Entre Nous cannot start");
      broken.mockRestore();
      document.querySelector<HTMLButtonElement>("main button")!.click();
      await settled();
      expect(all("conversation-row").length).toBeGreaterThan(3);
      const listens = vi.fn();
      model.events.on(listens);
      fake.emit({ kind: "settingsChanged" });
      await settled();
      expect(listens).toHaveBeenCalledOnce();
    },
  );
});
