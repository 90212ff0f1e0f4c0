"""Success cases in words: titles, habits in their units, what a trial's looks and moves say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pacemark.web.goals.pages.words import rate_words
from pacemark.web.results.choices import CaseState
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.queries.cases import TeamGain, last_look
from pacemark.web.results.services.case_looks import LOOK_DAYS, LOOKS
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone

TONES: dict[str, Tone] = {"verified": "ok", "refuted": "risk", "tried": "warn"}
_DECIMALS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class HabitLine:
    """One habit: the star's and the peers' middle half, in its unit."""

    code: str
    label: str
    star: str
    middle: str
    between: str
    is_distinct: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookLine:
    """One look at a trial."""

    number: int
    until: date
    tone: Tone
    word: str
    found: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case of the library."""

    case: SuccessCase
    title: str
    stage: str
    star: str
    tone: Tone
    n_adopters: int
    gain: TeamGain | None


def practice_words() -> dict[str, str]:
    """Return each measured habit as people say it."""
    return {
        "soon_share": _("New leads called within 10 minutes"),
        "response_minutes": _("Time to the first call to a new lead"),
        "attempts_per_lead": _("Dials per lead"),
        "gap_days": _("Days between two dials to a lead"),
        "morning_share": _("Dials before noon"),
        "evening_share": _("Dials after 18:00"),
        "talk_seconds": _("Length of a talk"),
        "other": _("Something that is not measured"),
    }


def case_stages() -> dict[str, str]:
    """Return the stages at which somebody can be ahead."""
    words = rate_words()
    stages = ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk")
    return {**{stage: words[stage] for stage in stages}, "deal_per_opportunity": _("Opportunity → deal")}


def title_of(case: SuccessCase) -> str:
    """Return what a case is called: as somebody named it, else the habit."""
    return title_from(case.title, case.practice, case.content["habits"])


def title_from(title: str, practice: str, habits: Sequence[Mapping[str, Any]]) -> str:
    """Return what a case is called from what was kept of it, also in a review."""
    if title:
        return title
    if practice == "other":
        return _("Ahead, and no measured habit says why")
    habit = next((one for one in habits if one["code"] == practice), None)
    words = practice_words().get(practice, practice)
    if habit is None:
        return words
    shown = {"habit": words, "star": _shown(practice, habit["star"]), "peers": _shown(practice, habit["middle"])}
    return _("%(habit)s: %(star)s instead of %(peers)s") % shown


def star_name(case: SuccessCase, rep_ids: frozenset[int] | None) -> str:
    """Return whose success it is, by name only where they are in sight."""
    if case.star is None:
        return _("Somebody who is gone")
    return case.star.name if rep_ids is None or case.star_id in rep_ids else _("A colleague of another team")


def habit_lines(case: SuccessCase) -> list[HabitLine]:
    """Return what the star does against what peers do."""
    words = practice_words()
    return [
        HabitLine(
            code=one["code"], label=words[one["code"]], star=_shown(one["code"], one["star"]),
            middle=_shown(one["code"], one["middle"]),
            between=f"{_shown(one['code'], one['low'])} – {_shown(one['code'], one['high'])}",
            is_distinct=one["is_distinct"],
        )
        for one in case.content["habits"]
    ]  # fmt: skip


def look_lines(case: SuccessCase) -> list[LookLine]:
    """Return the looks at a trial, the first first; those that were missed are left out."""
    return [
        LookLine(
            number=number, until=date.fromisoformat(look["until"]), found=look, tone=TONES.get(look["status"], ""),
            word=str(CaseState(look["status"]).label),
        )
        for number, look in enumerate(case.trial.get("looks", []), start=1) if look
    ]  # fmt: skip


def move_lines(case: SuccessCase) -> list[tuple[date, str, str]]:
    """Return how a case has moved: the day, from where, to where."""
    return [
        (date.fromisoformat(one["on"]), str(CaseState(one["from"]).label), str(CaseState(one["to"]).label))
        for one in case.trial.get("moves", [])
    ]


def next_look(case: SuccessCase) -> date | None:
    """Return the day on which the trial is looked at next."""
    looks = len(case.trial.get("looks", []))
    if case.trial_from is None or looks >= LOOKS:
        return None
    return case.trial_from + timedelta(days=LOOK_DAYS * (looks + 1))


def case_line(case: SuccessCase, rep_ids: frozenset[int] | None, gain: TeamGain | None) -> CaseLine:
    """Return a case as the library lists it."""
    return CaseLine(
        case=case, title=title_of(case), stage=case_stages().get(case.stage, case.stage),
        tone=TONES.get(case.state, ""), star=star_name(case, rep_ids),
        n_adopters=getattr(case, "n_adopters", 0), gain=gain,
    )  # fmt: skip


def trial_sentence(case: SuccessCase) -> str:
    """Return what the trial says so far."""
    look = last_look(case)
    if look is None or look["difference"] is None:
        return _("A trial is looked at every four weeks, so that a lucky day proves nothing.")
    if case.state == CaseState.VERIFIED:
        return _("Those who tried it have gained more than the others, on new days and with leads like theirs.")
    if case.state == CaseState.REFUTED:
        return _("Those who tried it have not gained what was claimed.")
    return _("Not decided yet: what was gained so far may be luck.")


def _shown(code: str, value: float) -> str:
    language: formats.Language = "zh" if (get_language() or "en").startswith("zh") else "en"
    if code.endswith("_share"):
        return formats.percent(value, 0)
    if code == "response_minutes":
        return formats.duration(round(value * 60), language)
    if code == "talk_seconds":
        return _("%(n)s s") % {"n": formats.count(value)}
    return formats.count(value, _DECIMALS)
