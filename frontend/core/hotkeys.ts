/**
 * Shortcuts are declared on the element they press (`data-hotkey="g c"`), so the help sheet can read them from the page.
 *
 * Two things the library does not do: letters count by their place on the keyboard when the layout is Cyrillic
 * (`g` is `п` there), and single keys can be switched off by `data-single-keys="off"` on the root.
 */
import { install, uninstall } from "@github/hotkey";

const LETTER = /^Key([A-Z])$/;

/** The Latin letter printed on the pressed key, when the layout gave a letter of another alphabet; else null. */
export function latinLetter(event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string | null {
  const place = LETTER.exec(event.code);
  if (!place || event.key.length !== 1 || event.key.charCodeAt(0) < 0x80) return null;
  const letter = place[1] ?? "";
  return event.shiftKey ? letter : letter.toLowerCase();
}

/** Whether a shortcut needs no modifier, like `g c` or `/`. */
export function isSingleKey(hotkey: string): boolean {
  return !/(Mod|Control|Meta|Alt)\+/.test(hotkey);
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select");
}

export function startHotkeys(root: Document = document): void {
  root.addEventListener(
    "keydown",
    (event) => {
      const letter = latinLetter(event);
      if (letter && (event.ctrlKey || event.metaKey || !isTyping(event.target)))
        Object.defineProperty(event, "key", { value: letter });
    },
    { capture: true },
  );
  refreshHotkeys(root);
  root.addEventListener("htmx:before:cleanup", (event) => forget(event.target));
  root.addEventListener("htmx:after:process", () => refreshHotkeys(root));
}

const known = new WeakSet<HTMLElement>();

export function refreshHotkeys(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-hotkey]")) {
    if (known.has(element)) continue;
    known.add(element);
    install(element);
    element.addEventListener("hotkey-fire", guard);
  }
}

function forget(target: EventTarget | null): void {
  if (!(target instanceof HTMLElement) || !known.has(target)) return;
  uninstall(target);
  known.delete(target);
}

function guard(event: Event): void {
  const element = event.currentTarget as HTMLElement;
  const off = document.documentElement.dataset.singleKeys === "off";
  const covered = document.querySelector("dialog[open]") !== null && element.closest("dialog[open]") === null;
  // An element may have several shortcuts; only the pressed one counts.
  const pressed = (event as CustomEvent<{ path: string[] }>).detail.path.join(" ");
  if (covered || (off && isSingleKey(pressed))) event.preventDefault();
}

export interface Shortcut {
  label: string;
  keys: string[];
  group: string;
}

const NAMES: Record<string, string> = { Mod: "Ctrl", Control: "Ctrl", Escape: "Esc", Enter: "↵", Shift: "⇧" };

/** The keys of one shortcut as they are printed on a keyboard: "Mod+k" → ["Ctrl", "K"]. */
export function printedKeys(hotkey: string, mac = isMac()): string[] {
  const first = hotkey.split(/,(?!,|$)/)[0] ?? "";
  const names = mac ? { ...NAMES, Mod: "⌘", Meta: "⌘", Alt: "⌥" } : NAMES;
  const shiftIsPartOfSign = /^Shift\+[^A-Za-z]$/.test(first);
  return (shiftIsPartOfSign ? first.slice(6) : first)
    .split(/[ +]/)
    .map((key) => names[key] ?? (key.length === 1 && first.includes("+") ? key.toUpperCase() : key));
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}

/** Every shortcut of the page, once per label, in the order of the page. */
export function shortcutsOn(root: ParentNode): Shortcut[] {
  const seen = new Map<string, Shortcut>();
  for (const element of root.querySelectorAll<HTMLElement>("[data-hotkey], [data-hotkey-note]")) {
    const label =
      element.dataset.hotkeyLabel ?? element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    const hotkey = element.dataset.hotkey || element.dataset.hotkeyNote;
    if (!label || !hotkey || seen.has(label)) continue;
    seen.set(label, { label, keys: printedKeys(hotkey), group: element.dataset.hotkeyGroup ?? "" });
  }
  return [...seen.values()];
}
