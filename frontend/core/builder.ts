/** The survey builder: the page in the middle is shown anew when the draft on the right was saved. */

export function startBuilder(root: Document = document): void {
  const frame = root.querySelector<HTMLIFrameElement>("[data-preview-frame]");
  const form = root.querySelector<HTMLFormElement>("[data-build-form]");
  if (!frame || !form) return;
  for (const one of form.querySelectorAll<HTMLElement>("[data-without-script]")) one.hidden = true;
  let saved = revision(root);
  root.addEventListener("htmx:after:swap", () => {
    const now = revision(root);
    if (now === saved) return;
    saved = now;
    frame.contentWindow?.location.reload();
  });
}

function revision(root: Document): string {
  return root.querySelector<HTMLElement>("[data-build-state]")?.dataset.buildState ?? "";
}
