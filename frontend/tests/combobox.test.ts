import { beforeEach, describe, expect, it } from "vitest";
import { matches, startComboboxes } from "../core/combobox";
import { startZoneGuess } from "../core/zone";

const FORM = `
  <label for="id_zone">Time zone</label>
  <span><select id="id_zone" name="zone" data-search data-zone="guess" data-nothing="Nothing found">
    <option value="Europe/Berlin" data-currency="EUR" selected>Berlin, Germany</option>
    <option value="Asia/Kolkata" data-currency="INR" data-words="Asia/Calcutta">Kolkata, India</option>
    <option value="Europe/Kyiv" data-currency="UAH" data-words="Europe/Kiev">Kyiv, Ukraine</option>
    <option value="UTC">UTC</option>
  </select></span>
  <label for="id_currency">Currency</label>
  <span><select id="id_currency" name="currency" data-search data-zone-currency>
    <option value="EUR" selected>EUR · Euro</option>
    <option value="UAH">UAH · Hryvnia</option>
  </select></span>`;

const select = (name: string): HTMLSelectElement => document.querySelector(`select[name=${name}]`) as HTMLSelectElement;
const input = (name: string): HTMLInputElement => document.querySelector(`input#id_${name}`) as HTMLInputElement;
const shown = (): (string | null)[] =>
  [...document.querySelectorAll<HTMLElement>(".options:not([hidden]) [role=option]:not([hidden])")].map(
    (item) => item.textContent,
  );

function type(name: string, text: string): void {
  input(name).value = text;
  input(name).dispatchEvent(new Event("input"));
}

function press(name: string, key: string): void {
  input(name).dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
}

beforeEach(() => {
  document.body.innerHTML = FORM;
});

describe("the words of an option", () => {
  it.each([
    ["São Tomé", "sao", true],
    ["Орёл, Россия", "орел", true],
    ["Kyiv, Ukraine", "ukr ky", true],
    ["Kyiv, Ukraine", "iv", false],
    ["Kyiv, Ukraine", "", true],
  ])("%s is found by %s: %s", (text, typed, found) => {
    expect(matches(text, typed)).toBe(found);
  });
});

describe("a long select", () => {
  beforeEach(() => startComboboxes());

  it("becomes a field with the chosen option in it, and still sends its value", () => {
    expect([input("zone").value, select("zone").value, select("zone").hidden]).toEqual([
      "Berlin, Germany",
      "Europe/Berlin",
      true,
    ]);
  });

  it("stays closed where nothing may be chosen", () => {
    document.body.innerHTML = `<select id="id_fixed" name="fixed" data-search disabled><option value="a" selected>Alpha</option></select>`;
    startComboboxes();
    expect([input("fixed").value, input("fixed").disabled]).toEqual(["Alpha", true]);
  });

  it("shows what is found, what begins with the letters first", () => {
    type("zone", "k");
    expect(shown()).toEqual(["Kolkata, India", "Kyiv, Ukraine"]);
    type("zone", "calcutta");
    expect(shown()).toEqual(["Kolkata, India"]);
  });

  it("says when nothing is found, and keeps the choice", () => {
    type("zone", "atlantis");
    expect([shown(), document.querySelector<HTMLElement>(".option-none")?.hidden]).toEqual([[], false]);
    press("zone", "Enter");
    expect([input("zone").value, select("zone").value]).toEqual(["Berlin, Germany", "Europe/Berlin"]);
  });

  it("takes the pointed option by Enter and tells the page", () => {
    let told = "";
    select("zone").addEventListener("change", () => {
      told = select("zone").value;
    });
    type("zone", "ky");
    expect(input("zone").getAttribute("aria-activedescendant")).not.toBeNull();
    press("zone", "Enter");
    expect([told, input("zone").value, input("zone").getAttribute("aria-expanded")]).toEqual([
      "Europe/Kyiv",
      "Kyiv, Ukraine",
      "false",
    ]);
  });

  it("walks by arrows and goes back by Escape", () => {
    press("zone", "ArrowDown");
    press("zone", "ArrowDown");
    press("zone", "ArrowUp");
    press("zone", "ArrowDown");
    expect(document.querySelector(".option-active")?.textContent).toBe("Kolkata, India");
    press("zone", "Escape");
    expect([shown(), select("zone").value]).toEqual([[], "Europe/Berlin"]);
  });
});

describe("the zone of the browser", () => {
  it("is found under its former name and brings its currency", () => {
    startZoneGuess(document, "Europe/Kiev");
    expect([select("zone").value, select("currency").value]).toEqual(["Europe/Kyiv", "UAH"]);
  });

  it("is not guessed over an answer", () => {
    select("zone").dataset.zone = "keep";
    startZoneGuess(document, "Europe/Kiev");
    expect([select("zone").value, select("currency").value]).toEqual(["Europe/Berlin", "EUR"]);
  });

  it("leaves a currency that was chosen by hand alone", () => {
    startZoneGuess(document, "Europe/Berlin");
    select("currency").dispatchEvent(new Event("change"));
    select("zone").value = "Europe/Kyiv";
    select("zone").dispatchEvent(new Event("change"));
    expect(select("currency").value).toBe("EUR");
  });

  it.each(["Mars/Olympus", "UTC"])("leaves everything as it is when it is %s", (here) => {
    startZoneGuess(document, here);
    expect(select("zone").value).toBe("Europe/Berlin");
  });
});
