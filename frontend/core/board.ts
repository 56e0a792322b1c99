/** The board: cards are dragged into another column, which presses the same button as the card's own menu. */
import { isTyping } from "./hotkeys";

export function startBoard(root: Document = document): void {
  let dragged: HTMLElement | null = null;

  root.addEventListener("dragstart", (event) => {
    dragged = (event.target as Element).closest?.<HTMLElement>("[data-job][draggable=true]") ?? null;
    if (!dragged || !event.dataTransfer) return;
    // Links carry their address by themselves; without any data some browsers do not drag at all.
    event.dataTransfer.setData("text/plain", dragged.id);
    event.dataTransfer.effectAllowed = "move";
    dragged.dataset.dragged = "";
  });
  root.addEventListener("dragover", (event) => {
    const lane = dragged && laneOf(event.target);
    mark(root, lane && dragged && buttonFor(dragged, lane) ? lane : null);
    if (lane) event.preventDefault();
  });
  root.addEventListener("drop", (event) => {
    const lane = dragged && laneOf(event.target);
    if (!dragged || !lane) return;
    event.preventDefault();
    const button = buttonFor(dragged, lane);
    button?.form?.requestSubmit(button);
  });
  root.addEventListener("dragend", () => {
    if (dragged) delete dragged.dataset.dragged;
    dragged = null;
    mark(root, null);
  });
  // "." opens what can be done with the job in focus.
  root.addEventListener("keydown", (event) => {
    const off = root.documentElement.dataset.singleKeys === "off";
    if (off || event.key !== "." || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const card = (event.target as Element).closest?.<HTMLElement>("[data-job]");
    const menu = card?.querySelector<HTMLElement>(".menu");
    if (!card || !menu) return;
    event.preventDefault();
    menu.showPopover({ source: card.querySelector<HTMLElement>("[popovertarget]") ?? card });
    menu.querySelector<HTMLElement>(".menu-item")?.focus();
  });
}

function laneOf(target: EventTarget | null): HTMLElement | null {
  return (target as Element | null)?.closest?.<HTMLElement>("[data-stage]") ?? null;
}

/** The button of the card's menu that moves it into this column; none for the column it stands in. */
function buttonFor(card: HTMLElement, lane: HTMLElement): HTMLButtonElement | null {
  const stage = CSS.escape(lane.dataset.stage ?? "");
  return card.querySelector<HTMLButtonElement>(`button[name=stage][value="${stage}"]`);
}

function mark(root: Document, lane: HTMLElement | null): void {
  for (const one of root.querySelectorAll("[data-stage][data-over]"))
    if (one !== lane) one.removeAttribute("data-over");
  lane?.setAttribute("data-over", "");
}
