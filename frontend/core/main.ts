import "../styles/main.css";
import Alpine from "@alpinejs/csp";
import focus from "@alpinejs/focus";
import { registerBehaviours } from "./behaviours";
import { startBoard } from "./board";
import { startBuilder } from "./builder";
import { startComboboxes } from "./combobox";
import { startCounter } from "./counter";
import { startHelp } from "./help";
import { isMac, startHotkeys } from "./hotkeys";
import { watchFailures } from "./htmx";
import { startDialogs, startMenus } from "./overlays";
import { focusAtStart, focusErrors, startForms, startRows } from "./pages";
import { Palette } from "./palette";
import { startPasskeys } from "./passkeys";
import { startSelection } from "./selection";
import { showPrepared, startToasts } from "./toasts";
import { startZoneGuess } from "./zone";

// The bridge between morph and Alpine looks for it here.
window.Alpine = Alpine;
Alpine.plugin(focus);
registerBehaviours(Alpine);
Alpine.start();

startMenus();
startDialogs();
startPasskeys();
startForms();
startZoneGuess();
startComboboxes();
startRows();
startSelection();
startCounter();
startBoard();
startBuilder();
startHotkeys();
if (isMac()) for (const key of document.querySelectorAll("[data-mod]")) key.textContent = "⌘";
focusAtStart();
document.addEventListener("htmx:after:swap", () => focusErrors());

const toasts = document.getElementById("toasts");
if (toasts) {
  startToasts(toasts);
  watchFailures((kind) => showPrepared(toasts, kind));
}

const palette = document.getElementById("palette");
if (palette instanceof HTMLDialogElement) {
  const opened = new Palette(palette);
  for (const button of document.querySelectorAll("[data-open-palette]"))
    button.addEventListener("click", () => opened.open());
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

const help = document.getElementById("help");
if (help instanceof HTMLDialogElement) startHelp(help);

// Tests wait for this; style sheets may use it to show what works only with script.
document.documentElement.dataset.ready = "yes";
