import { fireEvent } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import { dropOn, get, openApp, settled, type Opened } from "../testing/app";

async function importing(): Promise<Opened> {
  const app = await openApp("main");
  app.model.navigation.show("directory");
  await settled();
  app.model.navigation.open({ kind: "directoryImport" });
  await settled();
  return app;
}

/** What is held over the page by the pointer. */
function held(types: string[]): { dataTransfer: { types: string[]; dropEffect: string } } {
  return { dataTransfer: { types, dropEffect: "move" } };
}

describe("dropping files", () => {
  it("lights up the field while files are held over it, not for a text", async () => {
    await importing();
    const field = get("import-text");
    const isLit = (): boolean => field.classList.contains("over");
    await fireEvent.dragOver(field, held(["text/plain"]));
    expect(isLit()).toBe(false);
    for (const types of [["Files"], ["text/uri-list", "text/html"]]) {
      const files = held(types);
      await fireEvent.dragOver(field, files);
      expect(isLit()).toBe(true);
      expect(files.dataTransfer.dropEffect).toBe("copy");
      await fireEvent.dragLeave(field);
      expect(isLit()).toBe(false);
    }
  });

  it("is dark again after the drop, wherever that was", async () => {
    const app = await importing();
    await fireEvent.dragOver(get("import-text"), held(["Files"]));
    await dropOn(app, "import-choose", [new File(["x"], "list.txt")]);
    expect(get("import-text").classList.contains("over")).toBe(false);
    expect(app.fake.calls.some((call) => call.name === "startDroppedImport")).toBe(false);
  });

  it("stays inside when it moves over a part of the field", async () => {
    const app = await openApp("main");
    app.model.navigation.open({ kind: "picture", isFromProfile: false });
    await settled();
    const field = get("picture-drop");
    await fireEvent.dragEnter(field, held(["Files"]));
    await fireEvent.dragEnter(get("picture-choose"), held(["Files"]));
    await fireEvent.dragLeave(field);
    expect(field.classList.contains("over")).toBe(true);
    await fireEvent.dragLeave(get("picture-choose"));
    expect(field.classList.contains("over")).toBe(false);
  });

  it("is refused everywhere else, and the page stays", async () => {
    await importing();
    for (const name of ["dragOver", "drop"] as const) {
      const files = held(["text/uri-list"]);
      expect(await fireEvent[name](get("import-choose"), files)).toBe(false);
      expect(files.dataTransfer.dropEffect).toBe("none");
    }
    expect(await fireEvent.dragOver(get("import-choose"), held(["text/plain"]))).toBe(true);
  });
});
