/** Menus are popovers and dialogs are dialogs; this adds only what browsers leave out. */

/** Arrow keys, Home and End inside a menu; the first item takes the focus when the menu opens by keyboard. */
export function startMenus(root: Document = document): void {
  root.addEventListener("keydown", (event) => {
    const menu = (event.target as Element).closest?.<HTMLElement>(".menu:popover-open");
    const trigger = (event.target as Element).closest?.<HTMLElement>("[popovertarget]");
    if (trigger && !menu && event.key === "ArrowDown") {
      const target = root.getElementById(trigger.getAttribute("popovertarget") ?? "");
      if (target?.classList.contains("menu")) {
        event.preventDefault();
        target.showPopover({ source: trigger });
        items(target)[0]?.focus();
      }
    } else if (menu) {
      const all = items(menu);
      const place = all.indexOf(event.target as HTMLElement);
      const next = step(event.key, place, all.length);
      if (next !== null && place >= 0) {
        event.preventDefault();
        all[next]?.focus();
      }
    }
  });
  root.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.matches(".menu")) return;
      const trigger = root.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(menu.id)}"]`);
      const open = (event as ToggleEvent).newState === "open";
      trigger?.setAttribute("aria-expanded", String(open));
      if (open && trigger && !CSS.supports("position-area", "block-end")) place(menu, trigger);
    },
    { capture: true },
  );
}

export function step(key: string, place: number, count: number): number | null {
  if (key === "ArrowDown") return (place + 1) % count;
  if (key === "ArrowUp") return (place - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}

function items(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(".menu-item:not([disabled])")];
}

/** For browsers without anchor positioning: below the button, inside the window. */
function place(menu: HTMLElement, trigger: HTMLElement): void {
  const box = trigger.getBoundingClientRect();
  const space = { width: menu.offsetWidth, height: menu.offsetHeight };
  const below = box.bottom + space.height + 8 < window.innerHeight && !menu.classList.contains("menu-up");
  const left = menu.classList.contains("menu-end") ? box.right - space.width : box.left;
  menu.style.top = `${below ? box.bottom : Math.max(8, box.top - space.height - 12)}px`;
  menu.style.left = `${Math.max(8, Math.min(left, window.innerWidth - space.width - 8))}px`;
}

/** `commandfor` and `command` for browsers that do not know them; closing by a click on the veil for all. */
export function startDialogs(root: Document = document): void {
  const native = "commandForElement" in HTMLButtonElement.prototype;
  root.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target instanceof HTMLDialogElement && target.classList.contains("dialog")) target.close();
    if (native) return;
    const button = target.closest?.<HTMLElement>("[commandfor]");
    const dialog = root.getElementById(button?.getAttribute("commandfor") ?? "");
    if (!button || !(dialog instanceof HTMLDialogElement)) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}
