"""Counts by rep and lead grade → the parts of scores: actual against what the same leads give others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from pacemark.engine.mix import LeadMix
from pacemark.engine.resources.expectation import expectation_of
from pacemark.engine.resources.score import Part


@dataclass(slots=True, kw_only=True)
class Counts:
    """One metric's successes and trials by rep and lead grade."""

    won: dict[tuple[int, str], int] = field(default_factory=dict)
    tried: dict[tuple[int, str], int] = field(default_factory=dict)


def parts_of(
    found: Mapping[str, Counts], weights: Mapping[str, int], unit_of: Mapping[int, int]
) -> dict[int, list[Part]]:
    """Return the parts of the score of each unit: of a rep by themselves, or of a team's people together.

    Whoever is in no unit counts among the others that units are compared with.
    """
    parts: dict[int, list[Part]] = {unit: [] for unit in unit_of.values()}
    for code, counts in found.items():
        for unit, part in _parts(code, counts, weights.get(code, 0), unit_of).items():
            parts[unit].append(part)
    return parts


def _parts(code: str, counts: Counts, weight: int, unit_of: Mapping[int, int]) -> dict[int, Part]:
    units = list(dict.fromkeys(unit_of.values()))
    others = sorted({rep for rep, _grade in counts.tried} - set(unit_of))
    place_of = {unit: place for place, unit in enumerate(units)}
    place_of_rep = {rep: place_of[unit] for rep, unit in unit_of.items()} | {
        rep: len(units) + place for place, rep in enumerate(others)
    }
    grades = {grade: place for place, grade in enumerate(sorted({grade for _rep, grade in counts.tried}))}
    tried = np.array(list(counts.tried.values()), dtype=np.float64)
    mix = LeadMix(
        person=np.array([place_of_rep[rep] for rep, _grade in counts.tried], dtype=np.int64),
        kinds={"grade": np.array([grades[grade] for _rep, grade in counts.tried], dtype=np.int64)},
        exposed=tried,
        won=np.array([counts.won.get(key, 0) for key in counts.tried], dtype=np.float64),
    )
    expectation = expectation_of(mix, len(place_of) + len(others))
    n_tried = np.bincount(mix.person, tried, minlength=len(units))
    return {
        unit: Part(
            code=code, actual=int(expectation.actual[place]), n=int(n_tried[place]), weight=weight,
            expected=Fraction(float(expectation.expected[place])), strength=Fraction(expectation.strength),
        )
        for unit, place in place_of.items()
    }  # fmt: skip
