"""People with a browser. Each notices what a person would not: errors of the console, refused policies, lost files."""

from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect

from tests.browser.sites import ROOT, Site
from wayloop.accounts.api import SAMPLE_PASSWORD

OWNER = "oksana@example.com"
READER = "vera@example.com"
LOCALES = {"ru": "ru-RU", "uk": "uk-UA", "en": "en-GB"}
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 780}
# Far more than anything takes; a machine may be busy with the other tests.
MILLISECONDS = 20_000
expect.set_options(timeout=MILLISECONDS)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LISTEN_FOR_POLICY = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
});
"""


class Visitor:
    """One person at one site, with a browser window of their own."""

    def __init__(self, browser: Browser, site: Site, **wishes: Any) -> None:
        self.site = site
        self.troubles: list[str] = []
        self._expected: set[int] = set()
        self._borne: set[str] = set()
        language = wishes.pop("language", "en")
        phone = wishes.pop("phone", False)
        theme = wishes.pop("theme", "light")
        self._context = browser.new_context(
            base_url=site.url,
            **{
                "locale": LOCALES[language],
                "timezone_id": "Europe/Kyiv",
                "viewport": PHONE if phone else DESKTOP,
                "is_mobile": phone,
                "has_touch": phone,
                "color_scheme": theme,
                "reduced_motion": "reduce",
                "accept_downloads": True,
            }
            | wishes,
        )
        self._context.add_init_script(LISTEN_FOR_POLICY)
        self._context.set_default_timeout(MILLISECONDS)
        self.page = self._context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"error in a script: {error}"))
        self.page.on("dialog", self._spoken_to)
        self.page.on("request", self._asked)
        self.page.on("requestfailed", self._missed)

    def close(self) -> None:
        """Closes the window; raises when anything was not as it should be."""
        try:
            self.check()
        finally:
            self._context.close()

    def may_hear(self, *statuses: int) -> None:
        """From here on the server may refuse with these statuses; browsers report them as errors."""
        self._expected |= set(statuses)

    def troubles_may_hold(self, word: str) -> None:
        """From here on troubles with this word are none: the visitor made them."""
        self._borne.add(word)

    def sign_in(self, email: str = OWNER, **preferences: str) -> None:
        """Comes in as a member of the sample; `preferences` are set beforehand."""
        kept = {"language": "en", "theme": "system", "density": "normal"} | preferences
        self.site.query(
            "UPDATE accounts_member SET language = %s, theme = %s, density = %s, single_keys = true WHERE email = %s",
            kept["language"],
            kept["theme"],
            kept["density"],
            email,
        )
        if email not in self.site.signed_in:
            self.go("/sign-in/")
            self.page.locator("input[name=login]:not([type=hidden])").fill(email)
            self.page.locator("input[name=password]:not([type=hidden])").fill(SAMPLE_PASSWORD)
            self.page.locator("input[name=password]:not([type=hidden])").press("Enter")
            self.page.wait_for_url("**/")
            self.site.signed_in[email] = self._context.cookies()
        else:
            self._context.add_cookies(self.site.signed_in[email])

    def leave(self) -> None:
        """Forgets who was signed in; the window stays."""
        self.page.context.clear_cookies()

    def start_anew(self) -> None:
        """Brings the window of a whole file back to how it began."""
        self.page.unroute_all()
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(media="screen", color_scheme="light")
        self._expected.clear()
        self._borne.clear()

    def check(self) -> None:
        """Raises when anything was not as it should be."""
        self.page.evaluate("document.readyState")
        troubles = [one for one in self.troubles if not any(word in one for word in self._borne)]
        self.troubles = []
        assert troubles == [], "\n".join([*troubles, self.site.log("web")[-2000:]])

    def go(self, path: str) -> Page:
        """Opens a page of the site."""
        self.page.goto(path)
        return self.page

    def look(self, *, width: int | None = None, theme: str | None = None) -> None:
        """Makes the window another size or the device dark or light."""
        if theme:
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        if width:
            self.page.set_viewport_size({"width": width, "height": PHONE["height"]})

    def thin_out(self) -> None:
        """Leaves a few of the rows, events, icons and choices that are all alike: the others would say the same."""
        self.page.evaluate(
            """() => {
              for (const [parts, kept] of [["tbody tr", 4], [".timeline ol", 3], ["#icons li", 4], ["option", 4]])
                for (const part of document.querySelectorAll(`${parts}:nth-of-type(n + ${kept + 1})`))
                  if (!part.selected) part.remove();
            }"""
        )

    def barriers(self, *rules: str) -> list[str]:
        """What stands in the way of people by WCAG 2.2 AA: one line for each, none when all is well."""
        only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": LEVELS}
        self.page.evaluate(axe_source())
        found = self.page.evaluate(
            "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})", only
        )
        return [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def overflow(self) -> list[str]:
        """What makes the page scroll sideways: the elements that stand out, none when all fits."""
        found: list[str] = self.page.evaluate(
            """() => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return [];
              return [...document.body.querySelectorAll("*")]
                .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".table-scroll"))
                .map((one) => `${one.tagName} .${one.getAttribute("class")} ${one.textContent.trim().slice(0, 40)}`)
                .concat(`${document.documentElement.scrollWidth} of ${width}`);
            }"""
        )
        return found

    def notices(self, text: str) -> None:
        """Sees a toast with this text."""
        expect(self.page.locator("#toasts")).to_contain_text(text)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if any(f"status of {status} " in message.text for status in self._expected):
            return
        self.troubles.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _spoken_to(self, dialog: Dialog) -> None:
        # Nothing here asks in a window of the browser; what does was brought in by a text.
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.site.url}/", "data:", "blob:")):
            self.troubles.append(f"asked a stranger: {request.url}")

    def _missed(self, request: Request) -> None:
        # What a page still asks for while somebody leaves it is given up, as it should be; so is a page that turns
        # out to be a file.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"lost: {request.url} {request.failure}")


def said(text: str, language: str) -> str:
    """The words of the screen in a language."""
    with translation.override(language):
        return gettext(text)


@cache
def axe_source() -> str:
    """axe-core as it lies among the front-end's tools."""
    return (Path(ROOT) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
