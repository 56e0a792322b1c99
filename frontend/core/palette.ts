/**
 * The command palette: what the page knows by itself (places and commands) is filtered at once; customers and other
 * things come from the server a moment later. Focus never leaves the input; the chosen option is told by
 * aria-activedescendant.
 */

const WAIT = 120;

/** Lower case, without the marks and spellings people leave out: ё counts as е, every apostrophe as one. */
export function fold(text: string): string {
  return text.toLocaleLowerCase().replaceAll("ё", "е").replace(/[ʼ’`]/g, "'").trim();
}

/** Whether every word of the query begins some word of the text. */
export function matches(text: string, query: string): boolean {
  const words = fold(text).split(/[\s·,–-]+/);
  return fold(query)
    .split(/\s+/)
    .every((part) => words.some((word) => word.startsWith(part)));
}

export class Palette {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly found: HTMLElement;
  private readonly nothing: HTMLElement;
  private readonly status: HTMLElement;
  private timer = 0;
  private request: AbortController | null = null;
  private active: HTMLElement | null = null;

  constructor(private readonly dialog: HTMLDialogElement) {
    this.input = part(dialog, "input");
    this.list = part(dialog, "[role=listbox]");
    this.found = part(dialog, "[data-found]");
    this.nothing = part(dialog, "[data-nothing]");
    this.status = part(dialog, "[data-status]");
    this.input.addEventListener("input", () => this.update());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("pointermove", (event) => this.choose(option(event.target)));
    this.list.addEventListener("click", (event) => this.go(option(event.target), event));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
    dialog.addEventListener("close", () => this.request?.abort());
  }

  open(): void {
    if (this.dialog.open) return;
    document.querySelector<HTMLElement>(".side:popover-open")?.hidePopover();
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.update();
  }

  private update(): void {
    const query = this.input.value.trim();
    for (const item of this.list.querySelectorAll<HTMLElement>("[data-words]"))
      item.hidden = query !== "" && !matches(item.dataset.words ?? "", query);
    window.clearTimeout(this.timer);
    this.request?.abort();
    if (query.length < 2) this.found.replaceChildren();
    else this.timer = window.setTimeout(() => void this.fetch(query), WAIT);
    this.settle(query.length >= 2);
  }

  private async fetch(query: string): Promise<void> {
    const address = this.dialog.dataset.search;
    if (!address) return;
    this.request = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(query)}`, {
        headers: { "X-Requested-With": "fetch" },
        signal: this.request.signal,
      });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.found.replaceChildren(...page.body.children);
      this.settle(false);
    } catch (error) {
      if ((error as Error).name !== "AbortError") this.settle(false);
    }
  }

  /** Hides empty groups, says how many there are, and keeps the choice on something visible. */
  private settle(waiting: boolean): void {
    for (const group of this.list.querySelectorAll<HTMLElement>("[role=group]"))
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    const visible = this.visible();
    this.nothing.hidden = waiting || visible.length > 0;
    this.status.textContent = waiting ? "" : (this.status.dataset.text ?? "").replace("0", String(visible.length));
    if (!this.active?.isConnected || this.active.hidden || !visible.includes(this.active))
      this.choose(visible[0] ?? null);
  }

  private visible(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")].filter(
      (item) => !item.closest("[role=group][hidden]"),
    );
  }

  private choose(item: HTMLElement | null): void {
    if (item === this.active && item?.getAttribute("aria-selected") === "true") return;
    this.active?.setAttribute("aria-selected", "false");
    this.active = item;
    if (!item) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    item.id ||= `palette-${Math.random().toString(36).slice(2)}`;
    item.setAttribute("aria-selected", "true");
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  private press(event: KeyboardEvent): void {
    const items = this.visible();
    const place = this.active ? items.indexOf(this.active) : -1;
    const moves: Record<string, number> = { ArrowDown: place + 1, ArrowUp: place - 1 };
    const next = moves[event.key];
    if (next !== undefined && items.length) {
      event.preventDefault();
      this.choose(items[(next + items.length) % items.length] ?? null);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.go(this.active, event);
    }
  }

  private go(item: HTMLElement | null, event: KeyboardEvent | MouseEvent): void {
    if (!item) return;
    const { href, press } = item.dataset;
    if (press) {
      this.dialog.close();
      document.getElementById(press)?.click();
    } else if (href && (event.ctrlKey || event.metaKey)) window.open(href, "_blank", "noopener");
    else if (href) window.location.assign(href);
  }
}

function part<T extends HTMLElement>(root: HTMLElement, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`the palette has no ${selector}`);
  return found;
}

function option(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[role=option]") : null;
}
