"""In which encoding a text is written, found by reading it."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK = 1024 * 1024
SAMPLE = 128 * 1024
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1251": "Windows-1251",
    "koi8-u": "KOI8-U",
    "cp866": "CP866",
    "cp1252": "Windows-1252",
}
# Letters of Russian and Ukrainian, the most frequent first.
FREQUENT = "оаеинтрсвлкмдпуязьыбгчйхжюшцщіїєґэфёъ"
WEIGHTS = {letter: 1 - place / 40 for place, letter in enumerate(FREQUENT)}
USUAL_SIGNS = "«»—–№“”„’‘…°§©®™€₴₽•·\u00a0"


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a text become letters. `mark`: bytes before the text. `is_broken`: some bytes are no letters.
    `has_nul`: there are zero bytes among them."""

    codec: str
    mark: int = 0
    is_broken: bool = False
    has_nul: bool = False

    @property
    def name(self) -> str:
        """As people know it."""
        return NAMES[self.codec]

    @property
    def is_plain(self) -> bool:
        """Whether the bytes are UTF-8 without any flaw, so that nothing needs to be decoded."""
        return self.codec == "utf-8" and not self.is_broken and not self.has_nul


def find_encoding(source: Path) -> Encoding | None:
    """Reads the whole file; None when it is no text."""
    with source.open("rb") as file:
        head = file.read(SAMPLE)
    for mark, codec in BOMS:
        if head.startswith(mark):
            broken, nul, _sample = _look(source, codec, len(mark)) if codec == "utf-8" else (False, False, b"")
            return Encoding(codec, len(mark), is_broken=broken, has_nul=nul)
    if wide := _wide(head):
        return Encoding(wide)
    if _is_no_text(head):
        return None
    broken, nul, sample = _look(source, "utf-8", 0)
    if not broken:
        return Encoding("utf-8", has_nul=nul)
    codec = _of_sample(sample)
    return Encoding(codec, is_broken=codec == "utf-8", has_nul=nul)


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of simple letters is zero."""
    if len(head) < 4:
        return None
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > pairs * 0.3 and even < pairs * 0.05:
        return "utf-16-le"
    if even > pairs * 0.3 and odd < pairs * 0.05:
        return "utf-16-be"
    return None


def _is_no_text(head: bytes) -> bool:
    strange = sum(head.count(code) for code in range(32) if code not in (9, 10, 12, 13, 28, 29, 30, 31))
    return strange > max(2, len(head) // 50)


def _look(source: Path, codec: str, skip: int) -> tuple[bool, bool, bytes]:
    """Whether bytes are broken, whether there are zeros, and the lines that hold more than simple letters."""
    decoder = codecs.getincrementaldecoder(codec)()
    broken, nul, sample = False, False, b""
    for chunk in _chunks(source, skip):
        nul = nul or b"\0" in chunk
        if chunk.isascii() and not decoder.getstate()[0]:
            continue
        if len(sample) < SAMPLE:
            sample += b"\n".join(line for line in chunk.split(b"\n") if not line.isascii())[:SAMPLE]
        if not broken:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                broken = True
        elif len(sample) >= SAMPLE and nul:
            break
    if not broken:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            broken = True
    return broken, nul, sample


def _chunks(source: Path, skip: int) -> Iterator[bytes]:
    with source.open("rb") as file:
        file.seek(skip)
        while chunk := file.read(CHUNK):
            yield chunk


def _of_sample(sample: bytes) -> str:
    text = sample.decode("utf-8", "replace")
    strange = text.count("\ufffd")
    if sum(1 for sign in text if sign > "\x7f") > strange * 4:
        return "utf-8"
    # The first wins where two are as good.
    return max(("cp1251", "koi8-u", "cp866", "cp1252"), key=lambda codec: _score(sample.decode(codec, "replace")))


def _score(text: str) -> float:
    """How much the signs beyond ASCII look like Russian, Ukrainian or a western language."""
    total, count = 0.0, 0
    before = " "
    for place, sign in enumerate(text):
        if sign > "\x7f":
            count += 1
            after = text[place + 1] if place + 1 < len(text) else " "
            beside_latin = _is_latin(before) or _is_latin(after)
            if (weight := WEIGHTS.get(sign.lower())) is not None:
                if sign.isupper():
                    weight = -1 if before.islower() else weight * 0.85
                total += weight - (0.5 if beside_latin else 0)
            elif sign in USUAL_SIGNS:
                total += 0.2
            elif sign.isalpha() and sign < "\u0250":
                total += 0.9 if beside_latin else -0.3
            else:
                total -= 1
        before = sign
    return total / count if count else 0.0


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()
