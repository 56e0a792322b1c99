"""Pages as PDF files, by WeasyPrint, where whoever runs this has put it beside the program.

It is no dependency of ours: word lists it brings along are under licences this program takes nothing from, and it draws
with libraries of the system (Pango). Nothing is fetched from anywhere: a page may use the files it is served with.
"""

import logging
from collections.abc import Callable
from functools import cache
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

# A page of HTML → the file.
Printer = Callable[[str], bytes]
HOST = "http://page.invalid"
# A browser puts the four files of our font together; here each is a family of its own.
SCRIPTS = ("latin", "cyrillic", "latin-ext", "cyrillic-ext")
FACE = '@font-face {{ font-family: "Inter {script}"; src: url("{address}") format("woff2"); }}\n'
SHEET = """
* {{ font-family: {families}, sans-serif !important; }}
svg, .pill::before {{ display: none !important; }}
.page-head, .page-head-text, .page-head-line {{ display: block; inline-size: auto; }}
h1 {{ overflow-wrap: normal !important; }}
.pill, .delta {{ display: inline-block; white-space: nowrap; }}
.review-changes > li {{ display: block; }}
"""


@cache
def printer() -> Printer | None:
    """What makes the files; None where WeasyPrint or what it draws with is not there."""
    try:
        # slow import: half a second, and only where somebody wants a file
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except (ImportError, OSError):
        return None
    # Every line of a style sheet that is meant for screens would be a warning.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)

    class Served(URLFetcher):  # type: ignore[misc]
        """Hands out the files the program is served with, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            content = served(url)
            kind = guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    def made(html: str) -> bytes:
        fonts, served_only = FontConfiguration(), Served()
        sheet = weasyprint.CSS(string=_sheet(), base_url=HOST, url_fetcher=served_only, font_config=fonts)
        page = weasyprint.HTML(string=html, base_url=HOST, url_fetcher=served_only)
        return bytes(page.write_pdf(stylesheets=[sheet], font_config=fonts))

    return made


def served(url: str) -> bytes:
    """The content of one of the files the program is served with. Raises `ValueError` for anything else."""
    address = urlsplit(url)
    path = unquote(address.path)
    inside = PurePosixPath(path.removeprefix(settings.STATIC_URL))
    ours = f"{address.scheme}://{address.netloc}" == HOST and path.startswith(settings.STATIC_URL)
    if not ours or inside.is_absolute() or ".." in inside.parts:
        raise ValueError(f"{url} is none of our files")
    return bytes((settings.STATIC_ROOT / inside).read_bytes())


def _sheet() -> str:
    assets = settings.STATIC_ROOT / "build" / "assets"
    faces, families = "", []
    for script in SCRIPTS:
        for file in sorted(assets.glob(f"inter-{script}-wght-normal-*.woff2"))[:1]:
            faces += FACE.format(script=script, address=f"{HOST}{settings.STATIC_URL}build/assets/{file.name}")
            families.append(f'"Inter {script}"')
    return faces + SHEET.format(families=", ".join(families or ["Inter"]))
