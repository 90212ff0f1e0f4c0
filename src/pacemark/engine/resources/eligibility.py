"""Who may be given a lead now, and the coded reason why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

OFF_CODES = ("on_leave", "off_shift", "away", "off_duty")
ON_LEAVE = "on_leave"
_NO_NUMBERS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """What is left of a rep's parts while some of it is withheld.

    Parameters
    ----------
    base, reward : Fraction
        Multiply the two parts, 0 to 1; 1 withholds nothing.
    """

    base: Fraction = Fraction(1)
    reward: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One rep at the moment of a run.

    Parameters
    ----------
    id : str
        Name in the ledger; breaks ties last.
    team : str
        Team's id; empty for people without a team, who form one together.
    score : Fraction or None
        Composite score, ``>= 0``; None for a newcomer, who counts as the team's mean.
    cap, cap_day, cap_month : int or None
        Most leads to hold at once, to get in a day, in a month; None for no limit.
    held, held_day, held_month : int
        What counts against each cap so far.
    off : str or None
        ``on_leave``, ``off_shift``, ``away`` or ``off_duty``; None for on duty.
    withheld : Withholding or None
        A withholding in force.
    skills : frozenset of str
        Tags of the leads this rep may get (territory, product, language, channel); empty for any.
    previous_share : Fraction or None
        Share of the cycle before, for damping.
    """

    id: str
    team: str = ""
    score: Fraction | None = None
    cap: int | None = None
    cap_day: int | None = None
    cap_month: int | None = None
    held: int = 0
    held_day: int = 0
    held_month: int = 0
    off: str | None = None
    withheld: Withholding | None = None
    skills: frozenset[str] = frozenset()
    previous_share: Fraction | None = None

    @property
    def rooms(self) -> tuple[tuple[str, int, int], ...]:
        """Each cap that is set: its code, what counts against it, its limit."""
        caps = (
            ("cap", self.held, self.cap),
            ("cap_day", self.held_day, self.cap_day),
            ("cap_month", self.held_month, self.cap_month),
        )
        return tuple((code, held, cap) for code, held, cap in caps if cap is not None)

    @property
    def room(self) -> int | None:
        """Leads that fit under every cap, ``>= 0``; None without a cap."""
        return max(0, min((cap - held for _, held, cap in self.rooms), default=0)) if self.rooms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Why a rep could not be given a lead.

    Parameters
    ----------
    code : str
        ``on_leave``, ``off_shift``, ``away``, ``off_duty``, ``cap`` (holdings), ``cap_day``, ``cap_month``,
        ``ceiling``, ``withheld``, ``no_share``, ``skills`` or ``do_not_contact``.
    numbers : mapping of str to object
        What the code is about, such as ``held`` and ``cap``, or the ``missing`` skills.
    """

    code: str
    numbers: Mapping[str, Any] = field(default_factory=lambda: _NO_NUMBERS)

    def as_json(self) -> dict[str, Any]:
        """Return the exclusion in the calculator's wire shape."""
        return {"code": self.code, **self.numbers}


DO_NOT_CONTACT = Exclusion(code="do_not_contact")


def exclusion_of(rep: Rep, given: int = 0) -> Exclusion | None:
    """Say why a rep may get no lead at all now.

    Parameters
    ----------
    rep : Rep
        As the run began.
    given : int, default 0
        Leads given to the rep since.

    Returns
    -------
    Exclusion or None
        The first reason in the order duty, holdings, day, month; None where leads may come.

    Notes
    -----
    ``held`` in the numbers is what counts against the cap now, with what was given since.

    Examples
    --------
    >>> exclusion_of(Rep(id="b", cap=20, held=20)).as_json()
    {'code': 'cap', 'held': 20, 'cap': 20}
    """
    if rep.off is not None:
        return Exclusion(code=rep.off)
    for code, held, cap in rep.rooms:
        if held + given >= cap:
            return Exclusion(code=code, numbers={"held": held + given, "cap": cap})
    return None


def skills_missing(rep: Rep, tags: frozenset[str]) -> Exclusion | None:
    """Say which of a lead's tags a rep has no skill for.

    Parameters
    ----------
    rep : Rep
        A rep who names no skills takes every lead.
    tags : frozenset of str
        The lead's tags.

    Returns
    -------
    Exclusion or None
        Code ``skills`` with the missing tags in order.

    Examples
    --------
    >>> skills_missing(Rep(id="a", skills=frozenset({"beijing"})), frozenset({"shanghai"})).numbers["missing"]
    ['shanghai']
    """
    if not rep.skills or tags <= rep.skills:
        return None
    return Exclusion(code="skills", numbers={"missing": sorted(tags - rep.skills)})


def exclusion_for(rep: Rep, tags: frozenset[str]) -> Exclusion | None:
    """Say why a rep may not get a lead with these tags now.

    Parameters
    ----------
    rep : Rep
        As it stands.
    tags : frozenset of str
        The lead's tags.

    Returns
    -------
    Exclusion or None
        The rep's own reason first, then missing skills.

    Examples
    --------
    >>> exclusion_for(Rep(id="a", off="on_leave"), frozenset()).code
    'on_leave'
    """
    return exclusion_of(rep) or skills_missing(rep, tags)


def served(reps: Sequence[Rep], received: Mapping[str, int]) -> tuple[Rep, ...]:
    """Raise the reps' counters by what a chunk gave them, for the next chunk.

    Parameters
    ----------
    reps : sequence of Rep
        As the chunk began.
    received : mapping of str to int
        Leads given to each rep in the chunk.

    Returns
    -------
    tuple of Rep
        In the same order.

    Examples
    --------
    >>> served([Rep(id="a", held=5)], {"a": 2})[0].held
    7
    """
    return tuple(
        replace(
            rep,
            held=rep.held + received.get(rep.id, 0),
            held_day=rep.held_day + received.get(rep.id, 0),
            held_month=rep.held_month + received.get(rep.id, 0),
        )
        for rep in reps
    )
