/**
 * Shows a survey on somebody else's page: in a corner, or inside of the page. A classic script of one file, version 1:
 *
 *   <script src="https://…/popin/v1.js" data-survey="LINK" async></script>
 *
 * data-into: selector of the element it stands in, else it comes in a corner. data-after: seconds (15), data-scroll: part
 * of the page in percent; data-share: of a hundred visitors (100); data-every: days until it may come again (90);
 * data-lang. `Wayloop.ask(LINK, {…})` does the same by call, at once. No cookie is set; that it was shown is kept in the
 * page's own storage.
 */
(() => {
  interface Wishes {
    into?: string;
    after?: string;
    scroll?: string;
    share?: string;
    every?: string;
    lang?: string;
  }
  const own = document.currentScript as HTMLScriptElement | null;
  const base = own ? new URL(own.src).origin : "";
  const day = 86_400_000;
  const PATIENCE = 20_000;
  // The page that serves the script puts them in: title and close, by language.
  const words = JSON.parse("__WORDS__") as Record<string, [string, string]>;
  let open: (() => void) | null = null;

  function seen(link: string, at?: number): number {
    try {
      if (at) localStorage.setItem(`wayloop ${link}`, String(at));
      return Number(localStorage.getItem(`wayloop ${link}`));
    } catch {
      return 0;
    }
  }

  function look(one: HTMLElement, rules: Partial<CSSStyleDeclaration>): void {
    Object.assign(one.style, rules);
  }

  function show(link: string, wishes: Wishes): void {
    const place = wishes.into ? document.querySelector<HTMLElement>(wishes.into) : null;
    if (!base || (wishes.into && !place) || (!place && open)) return;
    const lang = (wishes.lang || document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase();
    const [title, shut] = words[lang] ?? (words.en as [string, string]);
    const frame = document.createElement("iframe");
    frame.src = `${base}/s/${encodeURIComponent(link)}/?frame=1${lang ? `&lang=${lang}` : ""}`;
    frame.title = title;
    look(frame, { display: "block", width: "100%", height: "420px", border: "0", colorScheme: "normal" });
    const box = document.createElement("div");
    // Where the survey may not be shown, or is closed, nobody sees an empty frame.
    look(box, { visibility: "hidden" });
    box.append(frame);
    let isShown = false;
    const listen = (event: MessageEvent): void => {
      if (event.origin !== base || event.source !== frame.contentWindow) return;
      const height = Number((event.data as { wayloopHeight?: number } | null)?.wayloopHeight);
      if (!(height > 0)) return;
      look(frame, { height: `${Math.min(Math.ceil(height), place ? 4000 : innerHeight - 96)}px` });
      if (isShown) return;
      isShown = true;
      look(box, { visibility: "visible" });
      seen(link, Date.now());
    };
    addEventListener("message", listen);
    if (place) {
      place.replaceChildren(box);
      return;
    }
    box.setAttribute("role", "dialog");
    box.setAttribute("aria-label", title);
    look(box, {
      position: "fixed",
      insetInlineEnd: "16px",
      insetBlockEnd: "16px",
      width: "min(380px, calc(100vw - 32px))",
      maxHeight: "calc(100vh - 32px)",
      overflow: "hidden",
      borderRadius: "16px",
      background: "Canvas",
      boxShadow: "0 12px 40px rgb(0 0 0 / .25), 0 0 0 1px rgb(0 0 0 / .08)",
      zIndex: "2147483000",
    });
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.setAttribute("aria-label", shut);
    look(button, {
      display: "block",
      marginInlineStart: "auto",
      width: "44px",
      height: "44px",
      border: "0",
      background: "none",
      color: "CanvasText",
      font: "24px/1 system-ui",
      cursor: "pointer",
    });
    const close = (): void => {
      clearTimeout(waiting);
      box.remove();
      removeEventListener("message", listen);
      removeEventListener("keydown", onKey);
      open = null;
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === "Escape") close();
    };
    const waiting = setTimeout(() => isShown || close(), PATIENCE);
    button.addEventListener("click", close);
    addEventListener("keydown", onKey);
    box.prepend(button);
    document.body.append(box);
    open = close;
  }

  function plan(link: string, wishes: Wishes): void {
    const every = Number(wishes.every ?? 90) * day;
    if (!wishes.into && (Date.now() - seen(link) < every || Math.random() * 100 >= Number(wishes.share ?? 100))) return;
    if (wishes.into) {
      show(link, wishes);
      return;
    }
    const part = Number(wishes.scroll ?? 0) / 100;
    const ready = (): boolean => !part || scrollY + innerHeight >= document.documentElement.scrollHeight * part;
    setTimeout(
      () => {
        if (ready()) {
          show(link, wishes);
          return;
        }
        const wait = (): void => {
          if (!ready()) return;
          removeEventListener("scroll", wait);
          show(link, wishes);
        };
        addEventListener("scroll", wait, { passive: true });
      },
      Number(wishes.after ?? 15) * 1000,
    );
  }

  const start = (): void => {
    if (own?.dataset.survey) plan(own.dataset.survey, own.dataset as Wishes);
  };
  (window as unknown as Record<string, unknown>).Wayloop = { ask: show };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
