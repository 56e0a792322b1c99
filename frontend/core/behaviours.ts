/** The small local behaviours of the kit, as Alpine components for the build without eval. */
import type { Alpine } from "alpinejs";

interface Part {
  $el: HTMLElement;
  $root: HTMLElement;
  $refs: Record<string, HTMLElement>;
  $dispatch(name: string, detail?: unknown): void;
}

/** Shows and hides what is typed into a password field. */
export function reveal() {
  return {
    shown: false,
    get kind(): string {
      return this.shown ? "text" : "password";
    },
    toggle(): void {
      this.shown = !this.shown;
    },
  };
}

/** Copies `data-copy` of its root; the word on the button says so for two seconds. */
export function copy() {
  return {
    done: false,
    async run(this: Part & { done: boolean }): Promise<void> {
      await navigator.clipboard.writeText(this.$root.dataset.copy ?? "");
      this.done = true;
      setTimeout(() => {
        this.done = false;
      }, 2000);
    },
  };
}

/** Names the chosen file inside the well and marks the well while something is dragged over it. */
export function drop() {
  return {
    names: "",
    get empty(): boolean {
      return this.names === "";
    },
    chosen(this: Part & { names: string }, event: Event): void {
      const files = (event.target as HTMLInputElement).files ?? [];
      this.names = Array.from(files, (file) => `${file.name} · ${size(file.size)}`).join(", ");
    },
    over(this: Part): void {
      this.$root.setAttribute("data-over", "");
    },
    out(this: Part): void {
      this.$root.removeAttribute("data-over");
    },
  };
}

/** Bytes as people read them, in the language of the page. */
export function size(bytes: number, language = document.documentElement.lang || "en"): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[unit],
    unitDisplay: "short",
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}

/** Sends its form as soon as a choice changes; without script the form's button does it. */
export function autosubmit() {
  return {
    send(this: Part): void {
      (this.$root as HTMLFormElement).requestSubmit();
    },
  };
}

/** Shows the parts of a form that belong to what is chosen in its select: `data-chosen="number money"`. */
export function choosy() {
  return {
    init(this: Part & { look(): void }): void {
      this.look();
    },
    look(this: Part): void {
      const name = this.$root.dataset.chosenBy ?? "";
      const select = this.$root.querySelector<HTMLSelectElement>(`select[name="${name}"]`);
      for (const part of this.$root.querySelectorAll<HTMLElement>("[data-chosen]"))
        part.hidden = !(part.dataset.chosen ?? "").split(" ").includes(select?.value ?? "");
    },
  };
}

/** Large keys for an amount: each adds its `data-key` to the field `amount`, "back" takes the last sign away. */
export function keypad() {
  return {
    press(this: Part, event: Event): void {
      const field = this.$refs.amount as HTMLInputElement;
      const key = (event.currentTarget as HTMLElement).dataset.key ?? "";
      field.value = key === "back" ? field.value.slice(0, -1) : typed(field.value, key, field.maxLength);
    },
  };
}

/** An amount with one sign more: a second decimal sign is left out, one at the beginning gets its zero. */
export function typed(amount: string, sign: string, longest: number): string {
  const isDecimal = sign === "," || sign === ".";
  if (isDecimal && /[.,]/.test(amount)) return amount;
  const next = isDecimal && !amount ? `0${sign}` : amount + sign;
  return longest > 0 && next.length > longest ? amount : next;
}

export function registerBehaviours(alpine: Alpine): void {
  alpine.data("reveal", reveal);
  alpine.data("copy", copy);
  alpine.data("drop", drop);
  alpine.data("autosubmit", autosubmit);
  alpine.data("choosy", choosy);
  alpine.data("keypad", keypad);
}
