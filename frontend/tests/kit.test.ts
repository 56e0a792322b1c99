import { beforeEach, describe, expect, test, vi } from "vitest";
import { names, symbol } from "../build/sprite";
import { size } from "../core/behaviours";
import { settings } from "../core/htmx-settings";
import { step } from "../core/overlays";
import { focusAtStart, focusErrors, startRows } from "../core/pages";
import { lifetime, showPrepared, startToasts } from "../core/toasts";

beforeEach(() => {
  document.body.innerHTML = "";
  vi.useFakeTimers();
});

function toast(classes: string, inside = ""): HTMLElement {
  const note = document.createElement("div");
  note.className = `toast ${classes}`;
  note.dataset.toast = "";
  note.innerHTML = inside;
  return note;
}

describe("toasts", () => {
  test("good ones go, ones with undo later, troubles stay", () => {
    expect(lifetime(toast("toast-good"))).toBe(6000);
    expect(lifetime(toast("toast-good", "<form></form>"))).toBe(12_000);
    expect(lifetime(toast("toast-bad"))).toBe(0);
  });

  test("one that is being read does not go", async () => {
    const region = document.createElement("div");
    const note = toast("toast-good");
    region.append(note);
    document.body.append(region);
    startToasts(region);
    note.dispatchEvent(new Event("pointerenter"));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(note.isConnected).toBe(true);
    note.dispatchEvent(new Event("pointerleave"));
    await vi.advanceTimersByTimeAsync(6_000);
    expect(note.isConnected).toBe(false);
  });

  test("a prepared one is shown once", () => {
    document.body.innerHTML =
      '<div id="toasts"></div><template id="toast-offline"><div data-toast="offline" class="toast-warn"></div></template>';
    const region = document.getElementById("toasts") as HTMLElement;
    showPrepared(region, "offline");
    showPrepared(region, "offline");
    expect(region.children.length).toBe(1);
  });
});

test("menus are walked in a circle", () => {
  expect([
    step("ArrowDown", 2, 3),
    step("ArrowUp", 0, 3),
    step("Home", 2, 3),
    step("End", 0, 3),
    step("x", 0, 3),
  ]).toEqual([0, 2, 0, 2, null]);
});

test("j and k walk rows and stop at the ends", () => {
  document.body.innerHTML = '<a class="row-link" id="a" href="#">a</a><a class="row-link" id="b" href="#">b</a>';
  startRows();
  const press = (key: string): string | undefined => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return document.activeElement?.id;
  };
  expect([press("j"), press("j"), press("j"), press("k"), press("k")]).toEqual(["a", "b", "b", "a", "a"]);
  document.documentElement.dataset.singleKeys = "off";
  expect(press("j")).toBe("a");
  delete document.documentElement.dataset.singleKeys;
});

test("a returned form puts the focus on what is wrong", () => {
  document.body.innerHTML = '<form><div data-error-summary tabindex="-1" id="wrong"></div></form>';
  focusErrors();
  expect(document.activeElement?.id).toBe("wrong");
});

test("what a page with a #part puts in focus has it again when the browser took it away, and is left where it is", () => {
  document.body.innerHTML =
    '<section id="notes"><textarea id="text" data-focus></textarea></section><a id="a" href="#">a</a>';
  const after = (away: () => void): string | undefined => {
    focusAtStart();
    away();
    vi.advanceTimersByTime(100);
    return document.activeElement?.id;
  };
  const blur = () => (document.activeElement as HTMLElement).blur();
  location.hash = "#notes";
  expect([after(blur), after(() => document.getElementById("a")?.focus())]).toEqual(["text", "a"]);
  location.hash = "";
  expect(after(blur)).toBe("");
});

test("sizes of files are written in the language of the page", () => {
  expect(size(1_530_000, "en")).toBe("1.5 MB");
  expect(size(900, "en")).toBe("900 byte");
  expect(size(48_000_000, "ru")).toBe("48 МБ");
});

test("htmx writes no styles and swaps no failed page", () => {
  expect(settings.includeIndicatorCSS).toBe(false);
  expect(settings.noSwap).toContain("5xx");
  expect(document.querySelector("meta[name=htmx-config]")).not.toBeNull();
});

test("the sprite holds shapes only", () => {
  expect(names("# icons\nhouse\n\nuser\n")).toEqual(["house", "user"]);
  const drawing = '<!-- licence --><svg class="x"\n stroke="currentColor">\n  <path d="M1 2" />\n</svg>\n';
  expect(symbol("house", drawing)).toBe('<symbol id="house" viewBox="0 0 24 24"><path d="M1 2"/></symbol>');
});
