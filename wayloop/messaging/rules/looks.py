"""What a letter looks like when it goes out: plain text, and HTML that mail programs understand.

Mail programs know tables and the style of each element, and little else; they fetch nothing here, neither pictures nor
fonts. Everything that is filled in is escaped.
"""

import html
from dataclasses import dataclass
from textwrap import fill as wrapped

from wayloop.contracts.messaging import Button, Choices, Letter, Paragraph

WIDTH = 76
FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
INK, SOFT, LINE, PAPER, GROUND, ACCENT = "#1c1917", "#6b645d", "#e5e0da", "#ffffff", "#f6f4f1", "#0f766e"


@dataclass(frozen=True)
class Foot:
    """What stands under a letter: who writes, from where, why, and how to hear less. Links are absolute."""

    name: str
    postal: str
    why: str
    choose: str
    choose_link: str
    leave: str = ""
    leave_link: str = ""


def as_text(letter: Letter, foot: Foot) -> str:
    """The plain part. Links stand on lines of their own, since programs break long lines otherwise."""
    parts: list[str] = []
    for block in letter.blocks:
        match block:
            case Paragraph(text):
                parts.append("\n".join(wrapped(line, WIDTH) for line in text.splitlines()))
            case Button(label, link):
                parts.append(f"{label}:\n{link}")
            case Choices(question, choices, low, high):
                ends = f" ({choices[0].label} – {low}, {choices[-1].label} – {high})" if low and high else ""
                told = "\n".join(f"{choice.label}: {choice.link}" for choice in choices)
                parts.append(f"{wrapped(question + ends, WIDTH)}\n\n{told}")
    below = [foot.name, foot.postal, wrapped(foot.why, WIDTH), f"{foot.choose}:\n{foot.choose_link}"]
    if foot.leave:
        below.append(f"{foot.leave}:\n{foot.leave_link}")
    return "\n\n".join(parts) + "\n\n-- \n" + "\n".join(part for part in below if part) + "\n"


def as_html(letter: Letter, foot: Foot) -> str:
    """The other part, the same words."""
    rows = "".join(_block(block) for block in letter.blocks)
    language, subject = html.escape(letter.language), html.escape(letter.subject)
    leave = f" · {_link(foot.leave_link, foot.leave, SOFT)}" if foot.leave else ""
    postal = f"<br>{_lines(foot.postal)}" if foot.postal else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{subject}</title></head>"
        f'<body style="margin:0;padding:0;background:{GROUND}">'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:{GROUND}"><tr>'
        '<td align="center" style="padding:24px 12px">'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;'
        f'background:{PAPER};border:1px solid {LINE};border-radius:14px">'
        f'<tr><td style="padding:26px 28px 0;{FONT};font-size:14px;font-weight:600;color:{SOFT}">'
        f'{html.escape(foot.name)}</td></tr>{rows}<tr><td style="padding:0 0 22px"></td></tr></table>'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px"><tr>'
        f'<td style="padding:18px 28px;{FONT};font-size:12px;line-height:1.6;color:{SOFT}">'
        f"{_lines(foot.why)}<br>{_link(foot.choose_link, foot.choose, SOFT)}{leave}<br><br>"
        f"{html.escape(foot.name)}{postal}</td></tr></table></td></tr></table></body></html>"
    )


def _block(block: Paragraph | Button | Choices) -> str:
    begin = f'<tr><td style="padding:16px 28px 0;{FONT};font-size:16px;line-height:1.55;color:{INK}">'
    match block:
        case Paragraph(text):
            return f"{begin}{_lines(text)}</td></tr>"
        case Button(label, link):
            return (
                f'{begin}<a href="{html.escape(link)}" style="display:inline-block;background:{ACCENT};color:#ffffff;'
                f'padding:12px 22px;border-radius:10px;text-decoration:none;font-weight:600">{html.escape(label)}</a>'
                "</td></tr>"
            )
        case Choices(question, choices, low, high):
            cells = "".join(
                # One element for each answer, so that they flow into several lines on a narrow screen.
                f'<a href="{html.escape(choice.link)}" style="display:inline-block;min-width:18px;margin:0 3px 8px 0;'
                f"padding:9px 9px;border:1px solid {LINE};border-radius:10px;background:{PAPER};color:{INK};"
                f'text-align:center;text-decoration:none;font-weight:600">{html.escape(choice.label)}</a>'
                for choice in choices
            )
            ends = f'<div style="font-size:13px;color:{SOFT}">{_ends(choices, low, high)}</div>' if low and high else ""
            return f'{begin}<div style="padding-bottom:10px">{_lines(question)}</div>{cells}{ends}</td></tr>'


def _ends(choices: tuple[object, ...], low: str, high: str) -> str:
    first, last = (getattr(choices[place], "label", "") for place in (0, -1))
    return f"{html.escape(first)} – {html.escape(low)} · {html.escape(last)} – {html.escape(high)}"


def _lines(text: str) -> str:
    return "<br>".join(html.escape(line) for line in text.splitlines())


def _link(link: str, label: str, colour: str) -> str:
    return f'<a href="{html.escape(link)}" style="color:{colour};text-decoration:underline">{html.escape(label)}</a>'
