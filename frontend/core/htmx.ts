/** All configuration of htmx, in one place, so that it can be replaced or taken back without touching templates. */
import "./htmx-settings";
import htmx from "htmx.org";
import "htmx.org/dist/ext/hx-alpine-compat.js";

export { htmx };

/** Tells the person, in the words the page brought along, that an answer did not come. */
export function watchFailures(show: (kind: "offline" | "failed") => void): void {
  document.addEventListener("htmx:error", () => show("offline"));
  document.addEventListener("htmx:response:error", (event) => {
    const status = (event as CustomEvent).detail?.ctx?.response?.status as number | undefined;
    // 4xx answers carry their own words (a form with its errors); 5xx pages do not belong into a part of a page.
    if (status && status >= 500) show("failed");
  });
}
