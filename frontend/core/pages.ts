/** Behaviour every page has: forms that say they are being sent, rows walked by keys, the first error in focus. */
import { isTyping } from "./hotkeys";

/** A form that is being sent marks its button as busy, so that it is not pressed twice. */
export function startForms(root: Document = document): void {
  root.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const button = (event as SubmitEvent).submitter;
    if (event.defaultPrevented || form.dataset.sent || form.method === "dialog") return;
    if (button?.classList.contains("button")) button.setAttribute("aria-busy", "true");
    if (form.method === "post" && !form.target) {
      form.dataset.sent = "yes";
      form.addEventListener("submit", refuse);
    }
  });
  // A page that comes back from the browser's memory must be usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset.sent;
      form.removeEventListener("submit", refuse);
    }
    for (const button of root.querySelectorAll("[aria-busy=true].button")) button.removeAttribute("aria-busy");
  });
}

function refuse(event: Event): void {
  event.preventDefault();
}

/** What went wrong gets the focus, else what the page or the part of it that just came wants to be next. */
export function focusErrors(root: ParentNode = document): void {
  const problem = root.querySelector<HTMLElement>("[data-error-summary]:not(form[data-sample] *)");
  (problem ?? root.querySelector<HTMLElement>("[data-focus]"))?.focus();
}

/**
 * Focus on a page that has just come. An address with a `#part` makes some browsers take the focus away again once
 * everything has arrived, so then it is given a second time, unless the person has gone somewhere meanwhile.
 */
export function focusAtStart(): void {
  focusErrors();
  if (!location.hash) return;
  const again = () => {
    if (document.activeElement === document.body) focusErrors();
  };
  const settled = () => requestAnimationFrame(() => requestAnimationFrame(again));
  if (document.readyState === "complete") settled();
  else window.addEventListener("load", settled, { once: true });
}

/** `j` and `k` walk the rows of a list, Enter opens by itself because the link has the focus. */
export function startRows(root: Document = document): void {
  root.addEventListener("keydown", (event) => {
    const off = root.documentElement.dataset.singleKeys === "off";
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    if (off || !plain || isTyping(event.target) || root.querySelector("dialog[open]")) return;
    if (event.key !== "j" && event.key !== "k") return;
    const rows = [...root.querySelectorAll<HTMLElement>(".row-link")];
    if (!rows.length) return;
    const place = rows.indexOf(root.activeElement as HTMLElement);
    const next = event.key === "j" ? Math.min(place + 1, rows.length - 1) : Math.max(place - 1, 0);
    rows[next]?.focus();
  });
}
