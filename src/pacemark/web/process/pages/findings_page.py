"""What a diagnosis shows, of a person or of a team: kept rows to lines of words and numbers; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from pacemark.web.process.bridge.drafts import rate_interval
from pacemark.web.process.bridge.ground import CLOSING, STAGES
from pacemark.web.process.bridge.money import FACTORS
from pacemark.web.process.charts import Bar, waterfall_chart
from pacemark.web.process.models import Finding, RepCauses
from pacemark.web.process.pages.words import (
    VERDICT_TONES,
    ability_words,
    advice_words,
    cause_words,
    factor_words,
    kind_sentence,
    sentence,
    trials_words,
    verdict_words,
)
from pacemark.web.process.queries.findings import CAUSES, StageSums, rates_of_others, totals_of
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone

COLOURS = {"goal": "var(--c-second)", "execution": "var(--c-warn)", "ability": "var(--c-risk)", "luck": "var(--c-luck)"}

SAID_EASE = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """One of the four causes: its money, its share of everything that moved, and what to do first."""

    cause: str
    label: str
    money_minor: int
    share: float | None
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    """One factor of the chain on both sides, and its part of what lies between."""

    label: str
    before: str
    after: str
    money_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageLine:
    """One stage against what others make of such leads, with both intervals and the verdict."""

    label: str
    won: float
    tried: float
    rate: float | None
    low: float | None
    high: float | None
    usual: float | None
    usual_low: float | None
    usual_high: float | None
    ease: float | None
    verdict: str
    tone: Tone
    word: str
    p: float | None
    q: float | None
    trials: str
    numbers: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding in words; ``kind`` is said to the person themselves."""

    finding: Finding
    who: str
    stage: str
    cause: str
    verdict: str
    tone: Tone
    why: str
    kind: str
    ability: str
    calls: Sequence[Mapping[str, Any]]
    trials: str
    ease: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisPage:
    """Everything that a diagnosis shows; ``people`` is empty for one person, ``steps`` for a team."""

    rows: tuple[RepCauses, ...]
    currency: str
    target_minor: int | None
    actual_minor: int
    causes: tuple[CauseLine, ...]
    steps: tuple[StepLine, ...]
    stages: tuple[StageLine, ...]
    findings: tuple[FindingLine, ...]
    people: tuple[RepCauses, ...]
    chart: dict[str, Any] | None
    evidence: tuple[date, date] | None
    is_quiet: bool

    @property
    def gap_minor(self) -> int:
        """Return what came less what was asked."""
        return self.actual_minor - (self.target_minor or 0)

    @property
    def largest(self) -> CauseLine | None:
        """Return the cause that cost most."""
        worst = min(self.causes, key=lambda line: line.money_minor, default=None)
        return worst if worst is not None and worst.money_minor < 0 else None


def finding_line(finding: Finding) -> FindingLine:
    """Return a finding in words."""
    told, words = finding.evidence, factor_words()
    is_open = finding.verdict == "not_ruled_out"
    return FindingLine(
        finding=finding,
        who=finding.rep.name if finding.rep else str(finding.team or ""),
        stage=words.get(finding.stage, finding.stage),
        cause=cause_words()[finding.cause],
        verdict=verdict_words().get(finding.verdict, finding.verdict),
        tone=VERDICT_TONES.get(finding.verdict, ""),
        why=sentence(finding),
        kind=kind_sentence(finding),
        ability=ability_words().get(told.get("ability") or "", ""),
        calls=told.get("calls", ()),
        trials=trials_words(finding.stage, told.get("more_trials")) if is_open else "",
        ease=_told_ease(finding),
    )


def _told_ease(finding: Finding) -> float | None:
    """Return how easy the leads were, where that differs enough to be said."""
    ease = finding.evidence.get("ease") if finding.stage != "leads" else None
    return ease if ease is not None and abs(ease - 1) >= SAID_EASE else None


def person_page(row: RepCauses, findings: Iterable[Finding], currency: str, before: str) -> DiagnosisPage:
    """Return one person's diagnosis; ``before`` is what the first bar is called."""
    stages = tuple(_stage_line(name, told) for name, told in row.detail["stages"].items())
    has_plan = row.target_minor is not None
    causes = _causes({f"{cause}_minor": getattr(row, f"{cause}_minor") for cause in CAUSES}) if has_plan else ()
    return DiagnosisPage(
        rows=(row,), currency=currency, target_minor=row.target_minor, actual_minor=row.actual_minor, causes=causes,
        steps=_steps(row, currency) if has_plan else (), stages=stages,
        findings=tuple(finding_line(one) for one in findings), people=(),
        chart=_chart(row.target_minor, row.actual_minor, causes, currency, before),
        evidence=_evidence(row), is_quiet=all(stage.verdict == "not_enough_data" for stage in stages),
    )  # fmt: skip


def team_page(
    rows: Sequence[RepCauses], findings: Iterable[Finding], currency: str, before: str,
    others: Mapping[str, float] | None = None,
) -> DiagnosisPage:  # fmt: skip
    """Return a team's diagnosis: its people's causes added up, and its stages against what its leads usually bring.

    ``others`` is what the other teams make of average leads, by stage; without it, what is usual for each person.
    """
    totals = totals_of(rows)
    has_plan = any(row.target_minor is not None and not row.is_setter for row in rows)
    causes = _causes(totals) if has_plan else ()
    target = totals["target_minor"] if has_plan else None
    stages = tuple(line for line in (team_stage(stage, rows, others) for stage in STAGES) if line is not None)
    return DiagnosisPage(
        rows=tuple(rows), currency=currency, target_minor=target, actual_minor=totals["actual_minor"], causes=causes,
        steps=(), stages=stages, findings=tuple(finding_line(one) for one in findings),
        people=tuple(sorted(rows, key=lambda row: row.actual_minor - (row.target_minor or row.actual_minor))),
        chart=_chart(target, totals["actual_minor"], causes, currency, before),
        evidence=_evidence(rows[0]) if rows else None, is_quiet=not stages,
    )  # fmt: skip


def _causes(money: Mapping[str, int]) -> tuple[CauseLine, ...]:
    moved = sum(abs(money[f"{cause}_minor"]) for cause in CAUSES)
    words, advice = cause_words(), advice_words()
    return tuple(
        CauseLine(
            cause=cause, label=words[cause], money_minor=money[f"{cause}_minor"], advice=advice[cause],
            share=abs(money[f"{cause}_minor"]) / moved if moved else None,
        )
        for cause in CAUSES
    )  # fmt: skip


def _chart(
    target: int | None, actual: int, causes: Sequence[CauseLine], currency: str, before: str
) -> dict[str, Any] | None:
    if target is None:
        return None
    language: formats.Language = "zh" if (get_language() or "zh").startswith("zh") else "en"

    def bar(label: str, money: int, colour: str) -> Bar:
        return Bar(label=f"{label}\n{formats.money_short(money, language, currency)}", money_minor=money, colour=colour)

    steps = [bar(line.label, line.money_minor, COLOURS[line.cause]) for line in causes]
    first, last = bar(before, target, "var(--c-plan)"), bar(_("Actual"), actual, "var(--c-actual)")
    return waterfall_chart(first, steps, last, currency)


def _steps(row: RepCauses, currency: str) -> tuple[StepLine, ...]:
    plan, done, words = row.detail["plan"], row.detail["done"], factor_words()
    lines = []
    for factor in FACTORS:
        if plan[factor] is None and done[factor] is None:
            continue
        # What a setter's opportunity is worth stands in the plan alone.
        is_worth = row.is_setter and factor in {STAGES[CLOSING], "deal_value"}
        if is_worth and factor == "deal_value":
            continue
        label = _("What an opportunity is worth") if is_worth else words[factor]
        lines.append(
            StepLine(
                label=label, money_minor=row.detail["steps"][factor],
                before=_shown(plan[factor], "deal_value" if is_worth else factor, currency),
                after=_shown(done[factor], "deal_value" if is_worth else factor, currency),
            )
        )  # fmt: skip
    return tuple(lines)


def _shown(value: float | None, factor: str, currency: str) -> str:
    if factor == "work":
        return formats.count(value, 0)
    if factor == "deal_value":
        return formats.money_plain(None if value is None else round(value), currency)
    return formats.percent(value)


def _stage_line(stage: str, told: Mapping[str, Any]) -> StageLine:
    verdict = told["verdict"]
    is_open = verdict == "not_ruled_out" and (told["money_minor"] or 0) < 0 and told["more_trials"] is not None
    is_better = verdict == "skill" and (told["money_minor"] or 0) >= 0
    return StageLine(
        label=factor_words()[stage], verdict=verdict, numbers=told,
        **{name: told[name] for name in (
            "won", "tried", "rate", "low", "high", "usual", "usual_low", "usual_high", "ease", "p", "q",
        )},
        tone="ok" if is_better else VERDICT_TONES[verdict], word=verdict_words()[verdict],
        trials=trials_words(stage, told["more_trials"]) if is_open else "",
    )  # fmt: skip


def team_stage(stage: str, rows: Sequence[RepCauses], others: Mapping[str, float] | None = None) -> StageLine | None:
    """Return a stage of the whole team: its people's trials, and the successes that others make of such leads."""
    told = [row.detail["stages"][stage] for row in rows if stage in row.detail["stages"]]
    told = [one for one in told if one["tried"] and one["usual"] is not None]
    tried = sum(one["tried"] for one in told)
    if not tried:
        return None
    won, usual = sum(one["won"] for one in told), sum(one["tried"] * one["usual"] for one in told) / tried
    low, high = rate_interval(won, tried)
    ease = sum(one["tried"] * (one["ease"] or 1.0) for one in told) / tried
    if others is not None and stage in others:
        usual = min(others[stage] * ease, 1.0)
    is_out = not low <= usual <= high
    word = "" if not is_out else _("Below what others make") if won < usual * tried else _("Above what others make")
    return StageLine(
        label=factor_words()[stage], won=won, tried=tried, rate=won / tried, low=low, high=high, usual=usual,
        usual_low=None, usual_high=None, ease=ease, verdict="", word=word, p=None, q=None, trials="", numbers={},
        tone="" if not is_out else "warn" if won < usual * tried else "ok",
    )  # fmt: skip


def _evidence(row: RepCauses) -> tuple[date, date]:
    first, last = row.detail["evidence"]
    return date.fromisoformat(first), date.fromisoformat(last)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelRow:
    """One team's stages against what the other teams make of such leads."""

    team_id: int
    name: str
    stages: tuple[StageLine | None, ...]


def funnel(rows: Sequence[RepCauses], teams: Mapping[int, str], sums: StageSums) -> tuple[FunnelRow, ...]:
    """Return the teams' funnels in the order of the teams; a team of nobody has none."""
    of_team: dict[int, list[RepCauses]] = {}
    for row in rows:
        of_team.setdefault(row.detail["team_id"], []).append(row)
    return tuple(
        FunnelRow(
            team_id=team_id, name=name,
            stages=tuple(team_stage(stage, of_team[team_id], rates_of_others(sums, team_id)) for stage in STAGES),
        )
        for team_id, name in teams.items()
        if team_id in of_team
    )  # fmt: skip
