import { beforeEach, expect, test, vi } from "vitest";
import { fold, matches, Palette } from "../core/palette";

const PAGE = `
<dialog id="palette" data-search="/search/">
  <input role="combobox">
  <div role="listbox"><div data-found></div>
    <div role="group" id="places">
      <div role="option" id="one" data-href="/customers/" data-words="Клиенты люди">x</div>
      <div role="option" id="two" data-href="/orders/" data-words="Заказы">x</div>
    </div>
    <div role="group" id="commands"><div role="option" id="three" data-press="help" data-words="Сочетания клавиш">x</div></div>
  </div>
  <div data-nothing hidden></div><div data-status data-text="Results: 0"></div>
</dialog>
<button id="help">?</button>`;

let palette: Palette;
let input: HTMLInputElement;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = PAGE;
  const dialog = document.getElementById("palette") as HTMLDialogElement;
  palette = new Palette(dialog);
  input = dialog.querySelector("input") as HTMLInputElement;
  palette.open();
});

function type(text: string): void {
  input.value = text;
  input.dispatchEvent(new Event("input"));
}

function press(key: string): void {
  input.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

const chosen = (): string | null => input.getAttribute("aria-activedescendant");

test("words are found by their beginnings, ё and apostrophes apart", () => {
  expect(fold("Ёлка Пʼять")).toBe("елка п'ять");
  expect(matches("Цели и метрики", "мет цел")).toBe(true);
  expect(matches("Цели и метрики", "рики")).toBe(false);
});

test("it opens with the first line chosen and walks round", () => {
  expect(chosen()).toBe("one");
  press("ArrowUp");
  expect(chosen()).toBe("three");
  press("ArrowDown");
  expect(chosen()).toBe("one");
});

test("typing leaves what fits and hides empty groups", () => {
  type("зак");
  expect(chosen()).toBe("two");
  expect(document.getElementById("commands")?.hidden).toBe(true);
});

test("Enter on a command presses its button and closes", () => {
  const pressed = vi.fn();
  document.getElementById("help")?.addEventListener("click", pressed);
  type("соч");
  press("Enter");
  expect(pressed).toHaveBeenCalledOnce();
  expect((document.getElementById("palette") as HTMLDialogElement).open).toBe(false);
});

test("what the server finds joins the list; nothing anywhere is said", async () => {
  const found = '<div role="group"><div role="option" id="hit" data-href="/customers/1/">Марина</div></div>';
  vi.stubGlobal("fetch", vi.fn().mockResolvedValueOnce(new Response(found)).mockResolvedValueOnce(new Response("")));
  type("марина");
  await vi.advanceTimersByTimeAsync(200);
  expect(chosen()).toBe("hit");
  expect(document.querySelector("[data-status]")?.textContent).toBe("Results: 1");
  type("zzz");
  await vi.advanceTimersByTimeAsync(200);
  expect((document.querySelector("[data-nothing]") as HTMLElement).hidden).toBe(false);
});
