import { describe, expect, it, vi } from "vitest";

import { OWN } from "../../ipc/fake/seed";
import { AppError, apiError } from "../../ipc/errors";
import type { ErrorCode } from "../../ipc/backend";
import { get, openApp, settled, type Opened } from "../../testing/app";

const OTHER = `05${"9a".repeat(32)}`;
const PICTURE = new File([new Uint8Array([1])], "code.png", { type: "image/png" });

async function newMessage(): Promise<Opened> {
  const app = await openApp("main");
  app.model.navigation.open({ kind: "newMessage" });
  await settled();
  return app;
}

function alertText(): string | undefined {
  return document.querySelector("[role=dialog] [role=alert]")?.textContent.trim();
}

function pasteFiles(files: File[]): void {
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => "", files } });
  get("address-input").dispatchEvent(event);
}

describe("a QR code in a new message", () => {
  it("is read from a file, and Next opens its conversation", async () => {
    const { fake, user, model } = await newMessage();
    fake.picture = OTHER;
    await user.upload(get("scan-file"), PICTURE);
    await settled();
    expect(get("recognised").textContent).toContain("One account ID recognised");
    await user.click(get("address-next"));
    await settled();
    expect(model.conversations.current?.accountId).toBe(OTHER);
  });

  it("is read from a pasted picture, and from the clipboard of the program", async () => {
    const { fake } = await newMessage();
    fake.picture = OTHER;
    pasteFiles([PICTURE]);
    await settled();
    expect(get("recognised")).toBeTruthy();
    expect(fake.calls.some((call) => call.name === "readQrFile")).toBe(true);
    pasteFiles([]);
    await settled();
    expect(fake.calls.some((call) => call.name === "readQrClipboard")).toBe(true);
  });

  it("says that a picture has none, and forgets it with the next text", async () => {
    const { user } = await newMessage();
    await user.upload(get("scan-file"), PICTURE);
    await settled();
    expect(alertText()).toContain("There is no QR code in this picture");
    await user.click(get("address-input"));
    await user.paste(OWN);
    await settled();
    expect(alertText()).toBeUndefined();
  });

  it.each<[string, (app: Opened) => Promise<void> | void]>([
    ["a file", ({ user }) => user.upload(get("scan-file"), PICTURE)],
    ["a pasted picture", () => pasteFiles([PICTURE])],
    ["the clipboard", () => pasteFiles([])],
  ])("forgets the person before, should it fail: %s", async (_, scan) => {
    const app = await newMessage();
    await app.user.click(get("address-input"));
    await app.user.paste(OTHER);
    await settled();
    expect(get("recognised")).toBeTruthy();
    await scan(app);
    await settled();
    expect(alertText()).toBeTruthy();
    expect(document.querySelector("[data-testid=recognised]")).toBeNull();
    expect((get("address-input") as HTMLTextAreaElement).value).toBe("");
    await app.user.click(get("address-next"));
    await settled();
    expect(app.model.conversations.current).toBeNull();
    expect(alertText()).toContain("not an account ID");
  });

  it.each<[ErrorCode, string]>([
    ["pictureTooLarge", "too large"],
    ["pictureUnreadable", "This is not a picture"],
    ["qrNotAnAccountId", "holds no account ID"],
    ["clipboardWithoutPicture", "There is no picture on the clipboard."],
  ])("says what is wrong: %s", async (code, sentence) => {
    const { fake } = await newMessage();
    vi.spyOn(fake, "readQrClipboard").mockRejectedValue(new AppError(apiError(code)));
    pasteFiles([]);
    await settled();
    expect(alertText()).toContain(sentence);
  });
});

describe("a name in a new message", () => {
  it.each<[ErrorCode, string]>([
    ["nameLookupFailed", "Try again"],
    ["namesDisagree", "Try again"],
    ["timedOut", "Try again"],
    ["nameUnknown", "Next"],
  ])("can be looked up again where that may help: %s", async (code, label) => {
    const { fake, user, model } = await newMessage();
    const lookup = vi.spyOn(fake, "lookupName").mockRejectedValueOnce(new AppError(apiError(code)));
    await user.type(get("address-input"), "armelle");
    await user.click(get("address-next"));
    await settled();
    expect(alertText()).toBeTruthy();
    expect(get("address-next").textContent.trim()).toBe(label);
    lookup.mockResolvedValueOnce(OTHER);
    await user.click(get("address-next"));
    await settled();
    expect(model.conversations.current?.accountId).toBe(OTHER);
  });
});
