/** Short notes at the edge of the page. The server writes them; this lets them go again, but never while being read. */

const READING_TIME = 6_000;
const UNDO_TIME = 12_000;

export function startToasts(region: HTMLElement): void {
  for (const toast of region.querySelectorAll<HTMLElement>("[data-toast]")) arm(toast);
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node instanceof HTMLElement && node.matches("[data-toast]")) arm(node);
  }).observe(region, { childList: true });
  region.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("[data-toast-close]");
    button?.closest("[data-toast]")?.remove();
  });
}

/** Puts one of the page's own prepared notes (`<template id="toast-NAME">`) into the region. */
export function showPrepared(region: HTMLElement, name: string): void {
  const template = document.getElementById(`toast-${name}`);
  if (!(template instanceof HTMLTemplateElement) || region.querySelector(`[data-toast="${name}"]`)) return;
  region.append(template.content.cloneNode(true));
}

/** Milliseconds a note stays; 0 means until it is closed by hand. Troubles stay. */
export function lifetime(toast: HTMLElement): number {
  if (toast.classList.contains("toast-bad") || toast.classList.contains("toast-warn")) return 0;
  return toast.querySelector("form") ? UNDO_TIME : READING_TIME;
}

function arm(toast: HTMLElement): void {
  const time = lifetime(toast);
  if (!time) return;
  let timer = 0;
  const start = (): void => {
    timer = window.setTimeout(() => toast.remove(), time);
  };
  const stop = (): void => window.clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}
