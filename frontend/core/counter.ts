/**
 * The counter: finding goes on while somebody types, scanners are read wherever the focus is, the camera where there is
 * one. Without script the form is sent by Enter.
 */
import { isTyping } from "./hotkeys";

const PAUSE = 220;
const LOOKS_PER_SECOND = 6;

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
type DetectorMaker = new () => Detector;

export function startCounter(root: Document = document): void {
  const form = root.querySelector<HTMLFormElement>("form[data-counter]");
  const field = form?.querySelector<HTMLInputElement>("input[name=q]");
  const go = form?.querySelector<HTMLInputElement>("input[name=go]");
  if (!form || !field || !go) return;
  let waiting = 0;

  const send = (isSure: boolean): void => {
    window.clearTimeout(waiting);
    go.disabled = !isSure;
    form.requestSubmit();
  };
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => send(false), PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      send(true);
      // The next scan replaces this one.
      field.select();
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      rows(root)[0]?.focus();
    }
  });
  root.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || root.querySelector("dialog[open]")) return;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const all = rows(root);
    const place = all.indexOf(root.activeElement as HTMLElement);
    if (step && place >= 0) {
      event.preventDefault();
      (all[place + step] ?? (step < 0 ? field : all[place]))?.focus();
    }
    if (isForTheField(event)) {
      field.value = "";
      field.focus();
    }
  });
  startCamera(root, (code) => {
    field.value = code;
    send(true);
  });
}

function rows(root: Document): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(".guest-row")];
}

/** Whether a key that was pressed somewhere begins a search: scanners play keyboard and know nothing of a focus. */
export function isForTheField(event: KeyboardEvent): boolean {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  return plain && !isTyping(event.target) && /^[\p{L}\p{N}+]$/u.test(event.key);
}

/** Shows the camera's button where codes can be read: a browser that knows how, a secure page, a camera. */
function startCamera(root: Document, found: (code: string) => void): void {
  const button = root.querySelector<HTMLButtonElement>("[data-counter-scan]");
  const dialog = root.querySelector<HTMLDialogElement>("#counter-camera");
  const video = dialog?.querySelector<HTMLVideoElement>("[data-counter-video]");
  const blocked = dialog?.querySelector<HTMLElement>("[data-counter-blocked]");
  const maker = (window as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
  if (!button || !dialog || !video || !blocked || !maker || !window.isSecureContext || !navigator.mediaDevices) return;
  button.hidden = false;
  let stream: MediaStream | null = null;
  let timer = 0;

  const stop = (): void => {
    window.clearInterval(timer);
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
  };
  dialog.addEventListener("close", stop);
  button.addEventListener("click", async () => {
    blocked.hidden = true;
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) return stop();
      video.srcObject = stream;
      await video.play();
      const detector = new maker();
      let busy = false;
      timer = window.setInterval(async () => {
        if (busy || !stream) return;
        busy = true;
        const [code] = await detector.detect(video).catch(() => []);
        busy = false;
        if (!code || !stream) return;
        dialog.close();
        found(code.rawValue);
      }, 1000 / LOOKS_PER_SECOND);
    } catch {
      stop();
      blocked.hidden = false;
    }
  });
}
