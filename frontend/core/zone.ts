/**
 * The first run asks for zone and currency; the browser knows the one and usually implies the other.
 * Options of the zone carry `data-words` (former names, which some browsers still report) and `data-currency`.
 */

export function startZoneGuess(
  root: ParentNode = document,
  here = Intl.DateTimeFormat().resolvedOptions().timeZone,
): void {
  const zone = root.querySelector<HTMLSelectElement>("select[data-zone]");
  const currency = root.querySelector<HTMLSelectElement>("select[data-zone-currency]");
  if (!zone) return;
  let touched = false;
  const follow = (): void => {
    const wanted = zone.selectedOptions[0]?.dataset.currency;
    if (!currency || touched || !wanted || ![...currency.options].some((option) => option.value === wanted)) return;
    currency.value = wanted;
    currency.dispatchEvent(new Event("change", { bubbles: true }));
    touched = false;
  };
  // Answers that came back with an error are the person's own: nothing is guessed over them.
  if (zone.dataset.zone === "guess") {
    const found = [...zone.options].find(
      (option) => option.value === here || option.dataset.words?.split(" ").includes(here),
    );
    // A browser that hides where it is says UTC; the server's guess by language is better than that.
    if (found?.dataset.currency) {
      zone.value = found.value;
      follow();
    }
  } else touched = true;
  zone.addEventListener("change", follow);
  currency?.addEventListener("change", () => {
    touched = true;
  });
}
