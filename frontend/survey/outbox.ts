/**
 * Answers on their way: kept on the device until the server has taken them, sent in their order, one at a time. Sending
 * one twice does no harm: each carries a counter, and the server keeps one answer to a question.
 */
import type { Given } from "./walk";

export interface Kept {
  question: string;
  given: Given;
  fields: [string, string][];
  at: number;
}

export type Taken = "taken" | "full" | "offline" | "refused" | "gone";

interface Stored {
  address: string;
  waiting: Kept[];
}

const PREFIX = "survey.";
const SCRIPT = "X-Survey-Script";
const PATIENCE = 20_000;
const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

export class Outbox {
  waiting: Kept[] = [];
  isFull = false;
  /** The response is over: with this answer, or because somebody ended it by another page. */
  isOver = false;
  wasOffline = false;
  onChange: () => void = () => {};
  onRefused: (question: string, error: string) => void = () => {};
  private running: Promise<void> | null = null;
  private wait = FIRST_WAIT;
  private timer = 0;

  constructor(
    private readonly name: string,
    readonly address: string,
    private readonly isDry: boolean,
  ) {
    if (!isDry && name) this.waiting = storedAt(name)?.waiting ?? [];
  }

  /** What other pages of this device have left to send: pages that were closed, guests who went on. */
  static leftBeside(name: string): Outbox[] {
    let names: string[] = [];
    try {
      names = Object.keys(localStorage).filter((one) => one.startsWith(PREFIX) && one !== name);
    } catch {
      // A device that keeps nothing has nothing left.
    }
    return names.map((one) => new Outbox(one, storedAt(one)?.address ?? "", false)).filter((one) => one.address);
  }

  /** The secret of the response that what waits belongs to. */
  get secret(): string {
    return this.waiting[0]?.fields.find(([name]) => name === "secret")?.[1] ?? "";
  }

  add(one: Kept): void {
    if (this.isDry) return;
    this.waiting.push(one);
    this.save();
    void this.flush();
  }

  /** Sends what waits; ends when nothing does, or when there is no connection. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Sends one at once, behind what waits. */
  async sendNow(one: Kept, file: File | null): Promise<Taken> {
    if (this.isDry) return "taken";
    await this.flush();
    if (this.waiting.length) return "offline";
    return this.send(one, file);
  }

  forget(): void {
    this.waiting = [];
    this.save();
  }

  private async run(): Promise<void> {
    while (this.waiting.length) {
      const one = this.waiting[0] as Kept;
      const taken = await this.send(one, null);
      if (taken === "offline") {
        this.wasOffline = true;
        this.onChange();
        this.later();
        return;
      }
      this.wait = FIRST_WAIT;
      this.waiting.shift();
      if (taken === "full" || taken === "gone") {
        this.isFull = taken === "full";
        this.waiting = [];
      }
      this.save();
    }
    this.onChange();
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  private async send(one: Kept, file: File | null): Promise<Taken> {
    // Without a file the shorter way to say the same, which the server reads in a fraction of the time.
    const body = file ? new FormData() : new URLSearchParams();
    for (const [name, value] of one.fields) body.append(name, value);
    body.set("counter", String(one.at));
    if (file && body instanceof FormData) body.set("a", file);
    let answer: Response;
    try {
      answer = await fetch(this.address, {
        method: "POST",
        body,
        headers: { [SCRIPT]: "1" },
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return "offline";
    }
    if (answer.status === 410 || answer.status === 404) return "gone";
    // Too fast, or the server is being replaced: the same as no connection, sent again later. So is what somebody in
    // between answers, as a network that wants a sign-in first.
    const told = await answer.json().catch(() => null);
    if (answer.status === 422 && told) {
      this.onRefused(one.question, (told as { error: string }).error);
      return "refused";
    }
    if (!answer.ok || !told) return "offline";
    const { full, over } = told as { full: boolean; over: boolean };
    this.isOver = over;
    return full ? "full" : "taken";
  }

  private save(): void {
    if (!this.name) return;
    try {
      const stored: Stored = { address: this.address, waiting: this.waiting };
      if (this.waiting.length) localStorage.setItem(this.name, JSON.stringify(stored));
      else localStorage.removeItem(this.name);
    } catch {
      // A device that keeps nothing sends what it can while the page is open.
    }
  }
}

function storedAt(name: string): Stored | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as Stored | null;
  } catch {
    return null;
  }
}
