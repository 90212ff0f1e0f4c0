"""The profile's value rules over a chunk; each distinct cell is judged once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pacemark.web.intake.profiles import Rule
from pacemark.web.intake.readers import Chunk
from pacemark.web.intake.values.text import folded

_MOST_REMEMBERED = 200_000

T = TypeVar("T")


def remembered(known: dict[str, T]) -> dict[str, T]:
    """Forget when a column turns out to hold no repeats: memory stays bounded."""
    if len(known) > _MOST_REMEMBERED:
        known.clear()
    return known


class RuleReader:
    """Says where the rules of one table hold."""

    def __init__(self, rules: Mapping[str, Rule], columns: Sequence[str], positions: Mapping[str, int]) -> None:
        self._rules = rules
        self._columns = columns
        self._positions = positions
        self._verdicts: dict[str, dict[str, bool]] = {}
        self._places: dict[tuple[str, ...], dict[str, int]] = {}

    def verdicts(self, chunk: Chunk, name: str) -> list[bool] | None:
        """Return where a rule holds, or None when the profile has no such rule."""
        rule = self._rules.get(name)
        if rule is None:
            return None
        known = remembered(self._verdicts.setdefault(name, {}))
        _column, cells = self.cells(chunk, name)
        for cell in set(cells).difference(known):
            known[cell] = rule.holds(cell)
        return list(map(known.__getitem__, cells))

    def first(self, chunk: Chunk, names: Sequence[str]) -> list[int]:
        """Return for each row the position of the first of these rules that holds, or -1."""
        rules = [self._rules[name] for name in names]
        if len({folded(rule.column) for rule in rules}) != 1:
            verdicts = zip(*(self.verdicts(chunk, name) or () for name in names), strict=True)
            return [row.index(True) if True in row else -1 for row in verdicts]
        known = remembered(self._places.setdefault(tuple(names), {}))
        _column, cells = self.cells(chunk, names[0])
        for cell in set(cells).difference(known):
            known[cell] = next((at for at, rule in enumerate(rules) if rule.holds(cell)), -1)
        return list(map(known.__getitem__, cells))

    def cells(self, chunk: Chunk, name: str) -> tuple[str, tuple[str, ...]]:
        """Return a rule's column and its cells."""
        at = self._positions[folded(self._rules[name].column)]
        return self._columns[at], chunk.cells[at]
