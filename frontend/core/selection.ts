/**
 * Ticking rows of a list. Without script the boxes and buttons work as they stand in the form; this counts, ticks all of
 * a page or a range, and knows the keys: `x` ticks the row in focus, `o` opens it, `.` goes to what can be done.
 */
import { isTyping } from "./hotkeys";

export function startSelection(root: Document = document): void {
  for (const form of root.querySelectorAll<HTMLElement>("[data-selection]")) watch(form);
  root.addEventListener("keydown", (event) => {
    const off = root.documentElement.dataset.singleKeys === "off";
    if (off || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (root.querySelector("dialog[open]")) return;
    const row = root.activeElement?.closest("tr");
    const link = row?.querySelector<HTMLElement>(".row-link");
    if (event.key === "o" && link && root.activeElement === link) link.click();
    const box = row?.querySelector<HTMLInputElement>("[data-select]");
    if (event.key === "x" && box) box.click();
    if (event.key === ".")
      root.querySelector<HTMLElement>(".selection-bar[data-any] .selection-actions button")?.focus();
  });
}

function watch(form: HTMLElement): void {
  const boxes = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("[data-select]")];
  const all = form.querySelector<HTMLInputElement>("[data-select-all]");
  const everything = form.querySelector<HTMLInputElement>("[data-select-everything]");
  let last: HTMLInputElement | null = null;

  const show = (): void => {
    const list = boxes();
    const count = list.filter((box) => box.checked).length;
    for (const box of list) box.closest("tr")?.setAttribute("aria-selected", String(box.checked));
    if (all) {
      all.checked = count > 0 && count === list.length;
      all.indeterminate = count > 0 && count < list.length;
    }
    if (everything && count < list.length) everything.checked = false;
    const told = form.querySelector("[data-selected-count]");
    if (told) told.textContent = everything?.checked ? (everything.dataset.total ?? "") : String(count);
    form.querySelector(".selection-bar")?.toggleAttribute("data-any", count > 0);
  };

  form.addEventListener("click", (event) => {
    const box = event.target as HTMLInputElement;
    if (!box.matches?.("[data-select]")) return;
    const list = boxes();
    if (event.shiftKey && last && last !== box) {
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((a, b) => a - b) as [number, number];
      for (const one of list.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
  });
  form.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box === all || (box === everything && box.checked)) for (const one of boxes()) one.checked = box.checked;
    show();
  });
  form.querySelector("[data-select-none]")?.addEventListener("click", () => {
    for (const one of boxes()) one.checked = false;
    show();
  });
  // Boxes that the browser filled in again after going back.
  window.addEventListener("pageshow", show);
  show();
}
