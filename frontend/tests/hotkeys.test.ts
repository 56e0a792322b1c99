import { beforeEach, describe, expect, test } from "vitest";
import { isSingleKey, isTyping, latinLetter, printedKeys, shortcutsOn } from "../core/hotkeys";

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("letters of a Cyrillic layout", () => {
  test("count by their place on the keyboard", () => {
    expect(latinLetter({ key: "п", code: "KeyG", shiftKey: false })).toBe("g");
    expect(latinLetter({ key: "П", code: "KeyG", shiftKey: true })).toBe("G");
  });

  test("Latin layouts keep what they print, also where keys are elsewhere", () => {
    expect(latinLetter({ key: "a", code: "KeyQ", shiftKey: false })).toBeNull();
    expect(latinLetter({ key: "/", code: "Slash", shiftKey: false })).toBeNull();
  });

  test("named keys are left alone", () => {
    expect(latinLetter({ key: "Enter", code: "Enter", shiftKey: false })).toBeNull();
  });
});

test("a shortcut with a modifier is not a single key", () => {
  expect(["g c", "/", "Shift+?"].map(isSingleKey)).toEqual([true, true, true]);
  expect(["Mod+k", "Control+Enter", "Alt+x"].map(isSingleKey)).toEqual([false, false, false]);
});

test("keys are shown as they are printed", () => {
  expect(printedKeys("Mod+k,/", false)).toEqual(["Ctrl", "K"]);
  expect(printedKeys("Mod+k", true)).toEqual(["⌘", "K"]);
  expect(printedKeys("g c", false)).toEqual(["g", "c"]);
  expect(printedKeys("Shift+?", false)).toEqual(["?"]);
});

test("typing is told from pressing", () => {
  document.body.innerHTML =
    '<input id="a"><input id="b" type="checkbox"><textarea id="c"></textarea><a id="d" href="#">x</a>';
  const at = (id: string): boolean => isTyping(document.getElementById(id));
  expect(["a", "b", "c", "d"].map(at)).toEqual([true, false, true, false]);
});

test("the help sheet reads every shortcut of the page once", () => {
  document.body.innerHTML = `
    <a data-hotkey="g c">Customers</a>
    <button data-hotkey="Mod+k,/" data-hotkey-label="Search">x</button>
    <a data-hotkey="g c">Customers</a>
    <button data-hotkey="n" aria-label="New"></button>
    <i data-hotkey-note="j k" data-hotkey-label="Rows"></i>`;
  expect(shortcutsOn(document).map(({ label }) => label)).toEqual(["Customers", "Search", "New", "Rows"]);
});
