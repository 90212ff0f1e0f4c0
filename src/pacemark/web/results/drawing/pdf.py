"""A review as PDF, drawn with Pillow on A4. Its letters are a picture: every reader shows them, Chinese included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from pacemark.web.accounts.exports import Watermark
from pacemark.web.results.drawing.fonts import font
from pacemark.web.results.drawing.layout import Weight
from pacemark.web.results.drawing.pages import Block, BlockKind, broken

DPI = 150
WIDTH, HEIGHT = round(8.27 * DPI), round(11.69 * DPI)
SIDE, TOP = round(0.75 * DPI), round(0.7 * DPI)
MARK_POINTS = 7
INK, SOFT, ACCENT = "#14181f", "#4b5563", "#0f5fa6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a paragraph stands on the page; sizes in points, spaces in shares of the size."""

    points: float
    weight: Weight
    colour: str
    before: float
    indent: float = 0.0


STYLES: Mapping[BlockKind, Style] = {
    "title": Style(points=17, weight="bold", colour=INK, before=0.0),
    "lead": Style(points=12, weight="regular", colour=SOFT, before=0.3),
    "head": Style(points=11, weight="bold", colour=ACCENT, before=0.9),
    "line": Style(points=9.5, weight="regular", colour=INK, before=0.25),
    "said": Style(points=9.5, weight="regular", colour=SOFT, before=0.25, indent=1.5),
}


def pdf_of(blocks: Sequence[Block], mark: Watermark) -> bytes:
    """Return the paragraphs on as many pages as they need; refuses where no font with Chinese characters is there."""
    pages, y = [_empty()], float(TOP)
    for block in blocks:
        style = STYLES[block.kind]
        size = style.points * DPI / 72
        drawn, left = font(style.weight, round(size)), SIDE + style.indent * size
        y += style.before * size
        for line in broken(block.text, WIDTH - SIDE - left, drawn.getlength):
            if y + size * 1.5 > HEIGHT - TOP:
                pages.append(_empty())
                y = float(TOP)
            ImageDraw.Draw(pages[-1]).text((left, y), line, font=drawn, fill=style.colour)
            y += size * 1.5
    for number, page in enumerate(pages, start=1):
        _stamp(page, f"{mark.text}  {number} / {len(pages)}")
    out = BytesIO()
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], resolution=DPI, quality=85, author=mark.account,
        subject=mark.text, creationDate=mark.at.timetuple(),
    )  # fmt: skip
    return out.getvalue()


def _stamp(page: Image.Image, text: str) -> None:
    """Write for whom and when a page was made under what it says."""
    size = MARK_POINTS * DPI / 72
    drawn = font("regular", round(size))
    for line in broken(text, WIDTH - 2 * SIDE, drawn.getlength)[:2]:
        ImageDraw.Draw(page).text((SIDE, HEIGHT - TOP + size), line, font=drawn, fill=SOFT)
        size *= 2.5


def _empty() -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
