/**
 * htmx reads its settings while it is being loaded, so this module runs before it.
 *
 * - its indicator style is ours (styles/base.css): a strict policy allows no style that a script writes;
 * - a failed page (5xx) is never swapped into a part of this one; 4xx answers are: a form returns 422 with its errors;
 * - going back loads the page again instead of a stored copy, which could show another person's data after signing out.
 */
export const settings = {
  includeIndicatorCSS: false,
  history: "reload",
  noSwap: [204, 304, "5xx"],
  defaultTimeout: 30_000,
};

const meta = document.createElement("meta");
meta.name = "htmx-config";
meta.content = JSON.stringify(settings);
document.head.append(meta);
