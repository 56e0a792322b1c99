/** How long, in milliseconds, the page stands in front of somebody before it counts as seen. */
export const LOOKED = 2000;

/**
 * Calls once when somebody has the page before them: it stood in front for two seconds without a break, or was touched.
 * What only loads pages, as programs do that look at the links of a letter, is nobody: a page behind others does not
 * count, nor does a browser that says it is driven by a program.
 */
export function whenSeen(root: Document, tell: () => void): void {
  const view = root.defaultView;
  if (!view || view.navigator.webdriver) return;
  let timer = 0;
  const touched = (): void => {
    view.clearTimeout(timer);
    root.removeEventListener("visibilitychange", look);
    root.removeEventListener("pointerdown", touched);
    root.removeEventListener("keydown", touched);
    tell();
  };
  const look = (): void => {
    view.clearTimeout(timer);
    if (root.visibilityState === "visible") timer = view.setTimeout(touched, LOOKED);
  };
  root.addEventListener("visibilitychange", look);
  root.addEventListener("pointerdown", touched);
  root.addEventListener("keydown", touched);
  look();
}
