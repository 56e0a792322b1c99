/**
 * The respondent's page with script: questions change without loading, answers are sent behind the back and kept on the
 * device while there is no connection. Without script each question is a form of its own.
 */
import "./survey.css";
import { type Kept, Outbox } from "./outbox";
import { whenSeen } from "./seen";
import { type Given, go, type Question } from "./walk";

const REACHED_IN = 5_000;

/** An entry of the browser's history: which question was shown, so many behind the first. */
interface Moment {
  question: string;
  depth: number;
}

interface Plan {
  questions: Question[];
  given: Record<string, Given>;
  quotas: boolean;
}

export function start(root: Document = document): void {
  const form = root.querySelector<HTMLFormElement>("[data-ask]");
  const raw = root.getElementById("plan")?.textContent;
  const again = root.body.dataset.again;
  const page = form && raw ? new Page(root, form, JSON.parse(raw) as Plan) : null;
  page?.begin();
  if (again) startKiosk(root, Number(root.body.dataset.kiosk), again, page);
}

class Page {
  private readonly outbox: Outbox;
  private readonly answers: Record<string, Given>;
  private readonly words: DOMStringMap;
  private readonly isPreview: boolean;
  /** Whether the browser's own way back leads through the questions: not in somebody else's page, nor on a kiosk. */
  private readonly isOwnPage: boolean;
  /** Where this response goes on, also after a reload or in another language. */
  private readonly resumed: string;
  private depth = 0;
  private current: string;

  constructor(
    private readonly root: Document,
    private readonly form: HTMLFormElement,
    private readonly plan: Plan,
  ) {
    this.words = root.querySelector<HTMLElement>("[data-words]")?.dataset ?? {};
    this.isPreview = root.body.dataset.preview !== undefined;
    this.resumed = root.body.dataset.resumed ?? "";
    this.isOwnPage = !this.isPreview && !root.body.hasAttribute("data-framed") && !root.body.dataset.again;
    this.current = this.shownKey();
    this.outbox = new Outbox(root.body.dataset.store ?? "", form.action, this.isPreview);
    // Answers of this device that the server may not have yet count before those it told.
    this.answers = { ...plan.given };
    for (const one of this.outbox.waiting) this.answers[one.question] = one.given;
  }

  begin(): void {
    this.form.addEventListener("submit", (event) => void this.submit(event));
    this.root.querySelector("[data-back]")?.addEventListener("click", (event) => this.back(event));
    this.enhance();
    this.outbox.onChange = () => this.told();
    this.outbox.onRefused = (question, error) => this.refused(question, error);
    const chosen = this.form.dataset.chosen;
    // What was clicked in the message is told apart from answers; it counts when the person goes on.
    if (chosen)
      void fetch(this.form.action, { method: "POST", body: new URLSearchParams({ chosen }), keepalive: true });
    // Like what was clicked, this is no answer: it only tells how many had the page before them.
    if (this.form.dataset.unseen !== undefined)
      whenSeen(this.root, () => {
        void fetch(this.form.action, { method: "POST", body: new URLSearchParams({ seen: "1" }), keepalive: true });
      });
    window.addEventListener("online", () => void this.outbox.flush());
    if (this.isOwnPage) {
      history.replaceState({ question: this.current, depth: 0 }, "");
      window.addEventListener("popstate", (event) => this.moved(event.state as Moment | null));
    }
    for (const link of this.root.querySelectorAll<HTMLAnchorElement>("a[hreflang]"))
      link.addEventListener("click", (event) => void this.speak(event, link));
    if (!this.isPreview) void this.sendLeft();
    if (this.outbox.waiting.length) {
      const way = go(this.plan.questions, this.answers);
      if (way.next !== this.current) this.show(way.next, false);
      void this.outbox.flush();
    }
  }

  private shownKey(): string {
    return (this.form.elements.namedItem("question") as HTMLInputElement).value;
  }

  private question(key: string): Question | undefined {
    return this.plan.questions.find((one) => one.key === key);
  }

  private async submit(event: SubmitEvent): Promise<void> {
    const question = this.question(this.current);
    const data = new FormData(this.form);
    const file = data.get("a");
    const hasFile = file instanceof File && file.size > 0;
    event.preventDefault();
    if (!question) return;
    const given = givenOf(question, data);
    if (question.required && isOpen(question, given, data) && !(question.type === "file" && hasFile)) {
      this.error(this.words.needed ?? "");
      return;
    }
    const kept: Kept = { question: question.key, given, fields: fieldsOf(data), at: Date.now() };
    if (hasFile || this.plan.quotas) {
      // A file cannot wait on the device, and only the server knows how many answers of a kind there are.
      const answer = await this.busy(() => this.outbox.sendNow(kept, hasFile ? (file as File) : null));
      if (answer === "offline" && hasFile) this.status(this.words.file ?? "");
      if (answer !== "taken" && answer !== "full" && !(answer === "offline" && !hasFile)) return;
      if (answer === "offline") this.outbox.add(kept);
      if (answer === "full") {
        this.end("quota");
        return;
      }
    } else this.outbox.add(kept);
    this.answers[question.key] = given;
    this.remember(question.key);
    this.settle();
    this.show(go(this.plan.questions, this.answers).next, true);
  }

  private back(event: Event): void {
    const asked = go(this.plan.questions, this.answers).asked;
    const place = asked.indexOf(this.current);
    const before = asked[place < 0 ? asked.length - 1 : place - 1];
    if (!before) return;
    event.preventDefault();
    if (this.depth) history.back();
    else this.show(before, true, false);
  }

  /** The browser's own way back or on. */
  private moved(moment: Moment | null): void {
    if (!moment) return;
    this.depth = moment.depth;
    if (!this.form.isConnected) return;
    const way = go(this.plan.questions, this.answers);
    if (way.asked.includes(moment.question) || way.next === moment.question) this.show(moment.question, true, false);
  }

  /** From the first answer on the address is that of this response: a reload goes on with it, so does a language. */
  private settle(): void {
    if (this.isPreview || !this.resumed) return;
    if (this.isOwnPage) history.replaceState({ question: this.current, depth: this.depth }, "", this.resumed);
    const more = this.resumed.includes("?") ? "&" : "?";
    for (const link of this.root.querySelectorAll<HTMLAnchorElement>("a[hreflang]"))
      link.href = `${this.resumed}${more}lang=${link.hreflang}`;
  }

  /** Another language is another page: what waits here goes first, and the page stays while it cannot. */
  private async speak(event: Event, link: HTMLAnchorElement): Promise<void> {
    if (!this.outbox.waiting.length) return;
    event.preventDefault();
    await this.outbox.flush();
    if (!this.outbox.waiting.length) window.location.assign(link.href);
    else this.status(this.words.offline ?? "");
  }

  /** Sends what other pages of this device kept; a response of the same survey that was begun so goes on here. */
  private async sendLeft(): Promise<void> {
    const own = (this.form.elements.namedItem("secret") as HTMLInputElement | null)?.value ?? "";
    for (const box of Outbox.leftBeside(this.root.body.dataset.store ?? "")) {
      const secret = box.secret;
      await box.flush();
      const isUntouched = !Object.keys(this.answers).length && !box.waiting.length;
      if (this.isOwnPage && isUntouched && secret && own && box.address === this.form.action)
        window.location.replace(this.resumed.replace(own, secret));
    }
  }

  /** A guest has gone and nobody can be asked now: nothing of what they said stays in sight. */
  hide(): void {
    if (Object.keys(this.answers).length) this.end("kept");
    else this.form.reset();
  }

  /** Shows a question, or the end; what was typed before stands there again. */
  private show(key: string | null, hasMoved: boolean, isNew = hasMoved): void {
    if (key === null) {
      void this.finish();
      return;
    }
    const place = this.form.querySelector("[data-place]");
    const prepared = this.root.querySelector<HTMLTemplateElement>(`template[data-question="${CSS.escape(key)}"]`);
    if (!place || !prepared) {
      window.location.assign(this.form.action);
      return;
    }
    const kept = this.root.createElement("template");
    kept.dataset.question = this.current;
    kept.content.append(...place.childNodes);
    this.root.body.append(kept);
    place.append(...prepared.content.childNodes);
    prepared.remove();
    this.current = key;
    if (isNew && this.isOwnPage) {
      this.depth += 1;
      history.pushState({ question: key, depth: this.depth }, "");
    } else if (this.isOwnPage) history.replaceState({ question: key, depth: this.depth }, "");
    this.status("");
    this.fillWords();
    this.enhance();
    const way = go(this.plan.questions, this.answers);
    const done = way.asked.includes(key) ? way.asked.indexOf(key) : way.asked.length;
    this.progress(done, way.asked.length + way.left);
    const back = this.root.querySelector<HTMLElement>("[data-back]");
    if (back) back.hidden = done === 0;
    if (!hasMoved) return;
    const left = way.asked.length + way.left - done - 1;
    const told = left > 0 ? (this.words.more ?? "").replace("{n}", String(left)) : (this.words.last ?? "");
    this.say(`${(this.words.question ?? "").replace("{n}", String(done + 1))}. ${told}`);
    const line = this.root.querySelector("[data-left]");
    if (line) line.textContent = told;
    this.focus();
  }

  private async finish(): Promise<void> {
    const way = go(this.plan.questions, this.answers);
    this.progress(way.asked.length, way.asked.length);
    await this.busy(() => this.outbox.flush());
    this.end(this.outbox.isFull ? "quota" : this.outbox.waiting.length ? "kept" : "thanks");
  }

  private end(name: string): void {
    const prepared = this.root.querySelector<HTMLTemplateElement>(`template[data-ending="${name}"]`);
    const ask = this.root.getElementById("ask");
    if (!prepared || !ask) return;
    ask.replaceChildren(prepared.content.cloneNode(true));
    // The way back leads out of the survey from here on, not through what was asked.
    if (this.depth) history.go(-this.depth);
    this.depth = 0;
    this.root.querySelector("[data-left]")?.remove();
    this.focus();
    if (name === "thanks") this.outbox.forget();
  }

  /** What the outbox has done meanwhile. */
  private told(): void {
    const isEnd = !this.form.isConnected;
    if (!this.outbox.waiting.length) {
      this.status("");
      if (isEnd || this.outbox.isOver) this.end(this.outbox.isFull ? "quota" : "thanks");
      if (this.outbox.wasOffline) this.say(this.words.sent ?? "");
    } else if (this.outbox.wasOffline) this.status(this.words.offline ?? "");
  }

  private refused(question: string, error: string): void {
    delete this.answers[question];
    if (!this.form.isConnected) {
      window.location.assign(this.form.action);
      return;
    }
    if (this.current !== question) this.show(question, true, false);
    this.error(error);
  }

  private error(text: string): void {
    const line = this.form.querySelector<HTMLElement>("[data-error]");
    const words = line?.querySelector("span");
    if (!line || !words) return;
    words.textContent = text;
    line.hidden = text === "";
    if (text) this.form.querySelector<HTMLElement>("input:not([type=hidden]), textarea, select")?.focus();
  }

  private status(text: string): void {
    const line = this.form.querySelector<HTMLElement>("[data-status]");
    if (!line) return;
    line.textContent = text;
    line.hidden = text === "";
    if (text) this.say(text);
  }

  private progress(done: number, whole: number): void {
    const bar = this.root.querySelector<HTMLProgressElement>("[data-way]");
    if (!bar) return;
    bar.max = Math.max(whole, 1);
    bar.value = done;
  }

  private focus(): void {
    window.scrollTo({ top: 0 });
    this.root.querySelector<HTMLElement>("[data-heading]")?.focus({ preventScroll: true });
  }

  private say(text: string): void {
    const live = this.root.querySelector<HTMLElement>("[data-live]");
    if (live) live.textContent = text;
  }

  private async busy<T>(work: () => Promise<T>): Promise<T> {
    const button = this.form.querySelector<HTMLButtonElement>("button[type=submit]");
    button?.setAttribute("aria-busy", "true");
    try {
      return await work();
    } finally {
      button?.removeAttribute("aria-busy");
    }
  }

  /** The word of an answer, for later texts: the label of what was chosen, or what was typed. */
  private remember(key: string): void {
    const chosen = [...this.form.querySelectorAll<HTMLInputElement>("[name=a]:checked")].map(
      (one) => one.closest("label")?.textContent?.trim() ?? one.value,
    );
    const typed = this.form.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      "textarea[name=a], input[name=a]:not([type=radio]):not([type=checkbox]):not([type=file])",
    );
    said.set(key, chosen.length ? chosen.join(", ") : (typed?.value ?? ""));
  }

  private fillWords(): void {
    for (const hole of this.form.querySelectorAll<HTMLElement>("[data-word]")) {
      const word = said.get(hole.dataset.word ?? "");
      if (word !== undefined) hole.textContent = word;
    }
  }

  /** Ranking by buttons: each option can be moved up and down; the selects stay what is sent. */
  private enhance(): void {
    const list = this.form.querySelector<HTMLElement>("[data-ranking]:not([data-ready])");
    if (!list) return;
    list.dataset.ready = "yes";
    for (const row of list.querySelectorAll<HTMLElement>(".rank")) {
      const label = row.querySelector(".rank-label")?.textContent ?? "";
      for (const [sign, step] of [
        ["↑", -1],
        ["↓", 1],
      ] as const) {
        const button = this.root.createElement("button");
        button.type = "button";
        button.className = "rank-move";
        button.textContent = sign;
        button.setAttribute("aria-label", `${label}: ${sign}`);
        button.addEventListener("click", () => {
          const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
          if (other && step < 0) other.before(row);
          else other?.after(row);
          number(list);
          button.focus();
          this.say(`${label}: ${[...list.children].indexOf(row) + 1}`);
        });
        row.append(button);
      }
    }
    // Rows that have places already stand in their order.
    const rows = [...list.children] as HTMLElement[];
    const placeOf = (row: HTMLElement): number => Number(row.querySelector("select")?.value) || rows.length;
    list.append(...rows.sort((one, other) => placeOf(one) - placeOf(other)));
    list.addEventListener("change", () => {
      const now = [...list.children] as HTMLElement[];
      list.append(...now.sort((one, other) => placeOf(one) - placeOf(other)));
    });
  }
}

const said = new Map<string, string>();

function number(list: HTMLElement): void {
  for (const [place, row] of [...list.children].entries()) {
    const select = row.querySelector("select");
    if (select) select.value = String(place + 1);
  }
}

function fieldsOf(data: FormData): [string, string][] {
  return [...data.entries()].filter((one): one is [string, string] => typeof one[1] === "string");
}

/** What the logic knows of what stands in the form. */
export function givenOf(question: Question, data: FormData): Given {
  const values = data.getAll("a").filter((one): one is string => typeof one === "string" && one.trim() !== "");
  const parts = [...data.entries()].filter(
    ([name, value]) => name.startsWith("a.") && typeof value === "string" && value.trim() !== "",
  );
  const isNumber = ["nps", "csat", "ces", "stars", "emoji", "number"].includes(question.type);
  if (question.type === "consent") return { number: null, choices: [values.length ? "yes" : "no"], empty: false };
  if (isNumber) {
    const value = Number((values[0] ?? "").replace(/\s/g, "").replace(",", "."));
    const isEmpty = values.length === 0;
    return { number: isEmpty || Number.isNaN(value) ? null : value, choices: [], empty: isEmpty };
  }
  const isChoice = ["single", "multiple", "emotion", "expectation"].includes(question.type);
  const file = data.get("a");
  const isEmpty = !values.length && !parts.length && !(file instanceof File && file.size > 0);
  return { number: null, choices: isChoice ? values : [], empty: isEmpty };
}

function isOpen(question: Question, given: Given, data: FormData): boolean {
  if (question.type === "consent") return given.choices[0] !== "yes";
  if (question.type === "matrix" || question.type === "conversation") return given.empty;
  if (question.type === "file") return !data.get("kept");
  return given.empty;
}

/** A kiosk goes back to the beginning when nobody has touched it for a while; never to a page it cannot reach. */
function startKiosk(root: Document, seconds: number, again: string, page: Page | null): void {
  let timer = 0;
  const next = async (): Promise<void> => {
    window.clearTimeout(timer);
    const isThere = await fetch(again, { method: "HEAD", signal: AbortSignal.timeout(REACHED_IN) }).then(
      (answer) => answer.ok,
      () => false,
    );
    // Not one more entry on the way back: the next guest finds nothing of the last one there.
    if (isThere) window.location.replace(again);
    else {
      page?.hide();
      timer = window.setTimeout(() => void next(), REACHED_IN);
    }
  };
  const wait = (): void => {
    window.clearTimeout(timer);
    const isEnd = !root.querySelector("[data-ask]");
    timer = window.setTimeout(() => void next(), (isEnd ? 8 : seconds) * 1000);
  };
  root.addEventListener("click", (event) => {
    if (!(event.target as Element).closest?.("a.again")) return;
    event.preventDefault();
    void next();
  });
  for (const name of ["pointerdown", "keydown", "focusin"]) root.addEventListener(name, wait);
  wait();
}

/** In a frame on somebody else's page: the frame is as high as what stands in it. Only the height is told. */
function tellHeight(root: Document): void {
  if (!root.body.hasAttribute("data-framed") || window.parent === window) return;
  const sheet = root.querySelector(".sheet");
  if (!sheet) return;
  const tell = (): void => window.parent.postMessage({ wayloopHeight: sheet.scrollHeight }, "*");
  // At once: browsers observe nothing in a frame that is not seen yet, and it is not before it has told its height.
  tell();
  new ResizeObserver(tell).observe(sheet);
}

start();
tellHeight(document);
document.documentElement.dataset.ready = "yes";
