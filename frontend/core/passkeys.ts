/**
 * Passkeys: the page brings what the device is asked, the form takes its answer back.
 * `data-passkey` of a form is "create" or "get"; the options lie in the JSON of `#passkey-options`.
 */

type Options = { publicKey: Record<string, unknown> };

async function ask(kind: string, options: Options): Promise<Credential | null> {
  const Key = window.PublicKeyCredential;
  // biome-ignore lint/suspicious/noExplicitAny: the types of browsers are younger than their abilities
  const made = options.publicKey as any;
  return kind === "create"
    ? navigator.credentials.create({ publicKey: Key.parseCreationOptionsFromJSON(made) })
    : navigator.credentials.get({ publicKey: Key.parseRequestOptionsFromJSON(made) });
}

export function startPasskeys(root: ParentNode = document): void {
  const form = root.querySelector<HTMLFormElement>("form[data-passkey]");
  const options = root.querySelector("#passkey-options")?.textContent;
  const answer = form?.querySelector<HTMLInputElement>("input[name=credential]");
  const failed = form?.querySelector<HTMLElement>("[data-passkey-failed]");
  if (!form || !options || !answer) return;
  form.addEventListener("submit", async (event) => {
    if (answer.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (failed) failed.hidden = true;
    try {
      const key = await ask(form.dataset.passkey ?? "get", JSON.parse(options));
      if (!key) throw new Error("no answer");
      answer.value = JSON.stringify((key as PublicKeyCredential).toJSON());
      form.requestSubmit();
    } catch {
      // Somebody pressed "cancel", or the browser is too old for it.
      if (failed) failed.hidden = false;
    }
  });
}
