/**
 * A long `<select data-search>` becomes a field one can type into: words in any order, accents and capitals aside.
 * The select stays, hidden, and is what the form sends; without script it is an ordinary select.
 * An option may carry further words to be found by in `data-words`.
 */

let count = 0;

export function startComboboxes(root: ParentNode = document): void {
  for (const select of root.querySelectorAll<HTMLSelectElement>("select[data-search]:not([hidden])")) enhance(select);
}

/** Letters only, so that "sao" finds "São" and "ёлка" finds "елка". */
export function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

/** Whether each word of what was typed begins some word of the text. */
export function matches(text: string, typed: string): boolean {
  const words = plain(text).split(/[^\p{L}\p{N}]+/u);
  return plain(typed)
    .split(/[^\p{L}\p{N}]+/u)
    .every((part) => words.some((word) => word.startsWith(part)));
}

export function enhance(select: HTMLSelectElement): void {
  const input = document.createElement("input");
  const list = document.createElement("ul");
  const nothing = document.createElement("li");
  const id = `options-${++count}`;
  const places = new Map<HTMLElement, HTMLOptionElement>();
  let active: HTMLElement | null = null;

  input.type = "text";
  input.className = select.className;
  input.id = select.id;
  select.id = `${input.id}-value`;
  input.autocomplete = "off";
  input.spellcheck = false;
  input.disabled = select.disabled;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", id);
  for (const name of ["aria-describedby", "aria-invalid"]) {
    const value = select.getAttribute(name);
    if (value) input.setAttribute(name, value);
  }
  list.id = id;
  list.className = "options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(input.id)}"]`)?.textContent ?? "");
  list.hidden = true;
  for (const option of select.options) {
    if (!option.value) continue;
    const item = document.createElement("li");
    item.id = `${id}-${places.size}`;
    item.className = "option";
    item.textContent = option.text;
    item.setAttribute("role", "option");
    places.set(item, option);
    list.append(item);
  }
  nothing.className = "option-none";
  nothing.textContent = select.dataset.nothing ?? "";
  nothing.hidden = true;
  list.append(nothing);

  const show = (): void => {
    const chosen = [...select.options].find((option) => option.value === select.value);
    input.value = chosen?.value ? chosen.text : "";
  };
  const choosable = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>("[role=option]:not([hidden])")];
  const point = (item: HTMLElement | null): void => {
    active?.classList.remove("option-active");
    active = item;
    if (item) {
      item.classList.add("option-active");
      input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const filter = (typed: string): void => {
    const begins: HTMLElement[] = [];
    const contains: HTMLElement[] = [];
    for (const [item, option] of places) {
      item.hidden = typed !== "" && !matches(`${option.text} ${option.value} ${option.dataset.words ?? ""}`, typed);
      item.setAttribute("aria-selected", String(option.selected));
      (plain(option.text).startsWith(plain(typed)) ? begins : contains).push(item);
    }
    // What begins with the typed letters comes first; the rest keeps its order.
    list.append(...begins, ...contains, nothing);
    nothing.hidden = choosable().length > 0;
  };
  const open = (typed = ""): void => {
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    filter(typed);
    const chosen = [...places].find(([, option]) => option.selected)?.[0] ?? null;
    point(typed ? (choosable()[0] ?? null) : chosen);
  };
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(null);
    show();
  };
  const choose = (item: HTMLElement): void => {
    const option = places.get(item);
    if (option && select.value !== option.value) {
      select.value = option.value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    close();
  };

  input.addEventListener("input", () => open(input.value.trim()));
  input.addEventListener("click", () => {
    if (list.hidden) open();
    input.select();
  });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const all = choosable();
    const at = active ? all.indexOf(active) : -1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) open();
      else point(all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length] ?? null);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      if (active) choose(active);
      else close();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
      input.select();
    }
  });
  // The field keeps the focus while the list is clicked.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const item = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (item) choose(item);
  });
  select.addEventListener("change", () => {
    if (document.activeElement !== input) show();
  });

  select.hidden = true;
  select.before(input);
  select.after(list);
  show();
}
