/** The sheet of shortcuts, written from what the page declares. */
import { type Shortcut, shortcutsOn } from "./hotkeys";

export function startHelp(dialog: HTMLDialogElement): void {
  const list = dialog.querySelector<HTMLElement>("[data-keys]");
  for (const button of document.querySelectorAll<HTMLElement>("[data-open-help]"))
    button.addEventListener("click", () => {
      if (dialog.open) return;
      list?.replaceChildren(...shortcutsOn(document).map(row));
      dialog.showModal();
    });
}

function row(shortcut: Shortcut): HTMLElement {
  const line = document.createElement("div");
  line.className = "keys-row";
  const label = document.createElement("dt");
  label.textContent = shortcut.label;
  const keys = document.createElement("dd");
  keys.className = "keys";
  for (const key of shortcut.keys) {
    const sign = document.createElement("kbd");
    sign.className = "kbd";
    sign.textContent = key;
    keys.append(sign);
  }
  line.append(label, keys);
  return line;
}
