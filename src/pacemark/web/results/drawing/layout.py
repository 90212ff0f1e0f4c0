"""Where everything on a card stands. Pure: words in, shapes out; PNG and SVG draw the same shapes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 1080, 1440
# the mock's festive roles; a card leaves the house, so that it carries its colours with it
FESTIVE, DEEP, GOLD, INK = "#a8231a", "#7c1712", "#f3d9a2", "#fff6e3"
SIDE = 96

Weight = Literal["regular", "bold", "serif"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """What a card says, in one language. ``figures`` are (value, what it counts)."""

    title: str
    name: str
    place: str
    amount: str
    unit: str
    line: str
    figures: tuple[tuple[str, str], ...]
    foot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of words; ``x`` is its middle, ``y`` its baseline."""

    x: float
    y: float
    size: float
    weight: Weight
    colour: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A thin golden line."""

    x1: float
    y1: float
    x2: float
    y2: float


Shape = Text | Rule


def width_of(words: str, size: float) -> float:
    """Return about how wide words are: Chinese is square, Latin about half as wide."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.56 for one in words) * size


def fitting(words: str, size: float, room: float) -> float:
    """Return the size at which words fit into a room, never larger than asked."""
    wide = width_of(words, size)
    return size if wide <= room else size * room / wide


def shapes_of(card: CardWords) -> tuple[Shape, ...]:
    """Return everything on the card, from top to bottom."""
    middle, room = WIDTH / 2, WIDTH - 2 * SIDE
    amount = fitting(card.amount + card.unit, 168, room)
    rows: tuple[tuple[str, float, float, Weight, str], ...] = (
        (card.title, 232, 160, "serif", GOLD),
        (card.name, 424, 92, "bold", INK),
        (card.place, 500, 44, "regular", INK),
        (card.line, 812, 46, "regular", INK),
        (card.foot, 1360, 36, "regular", INK),
    )
    texts = [
        Text(x=middle, y=y, size=fitting(words, size, room), weight=weight, colour=colour, words=words)
        for words, y, size, weight, colour in rows
        if words
    ]
    rule = Rule(x1=middle - 190, y1=290, x2=middle + 190, y2=290)
    return (*texts, rule, *_amount(card, amount), *_figures(card.figures))


def _amount(card: CardWords, size: float) -> list[Shape]:
    """Return the number with its unit beside it, both together in the middle."""
    small = size * 0.34
    wide, beside = width_of(card.amount, size), width_of(card.unit, small) + 16 if card.unit else 0.0
    left = WIDTH / 2 - (wide + beside) / 2
    shapes: list[Shape] = [Text(x=left + wide / 2, y=706, size=size, weight="bold", colour=GOLD, words=card.amount)]
    if card.unit:
        x = left + wide + beside / 2 + 8
        shapes.append(Text(x=x, y=706, size=small, weight="regular", colour=GOLD, words=card.unit))
    return shapes


def _figures(figures: tuple[tuple[str, str], ...]) -> list[Shape]:
    shapes: list[Shape] = []
    each = (WIDTH - 2 * SIDE) / max(len(figures), 1)
    for place, (value, label) in enumerate(figures):
        x = SIDE + each * (place + 0.5)
        size = fitting(value, 72, each - 24)
        shapes.append(Text(x=x, y=1050, size=size, weight="bold", colour=INK, words=value))
        small = fitting(label, 40, each - 24)
        shapes.append(Text(x=x, y=1116, size=small, weight="regular", colour=INK, words=label))
        if place:
            shapes.append(Rule(x1=SIDE + each * place, y1=986, x2=SIDE + each * place, y2=1120))
    return shapes
