"""Words on paper: lines broken to a page's width. Pure: widths are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["title", "lead", "head", "line", "said"]
# Chinese breaks between any two characters, other writing between words; what closes stays with what it closes.
_PIECES = re.compile(r"[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+\s*|\s+|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。；：、）》」』！？”’,.;:)%")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph."""

    kind: BlockKind
    text: str


def broken(text: str, room: float, width_of: Callable[[str], float]) -> list[str]:
    """Return the lines of a paragraph, none of them wider than the room unless one piece alone is."""
    lines, line = [], ""
    for piece in _joined(text):
        if line and width_of((line + piece).rstrip()) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _joined(text: str) -> Iterator[str]:
    held = ""
    for piece in _PIECES.findall(text):
        if held and piece[0] in _NEVER_FIRST:
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
