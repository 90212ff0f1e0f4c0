"""The what-if page: a trial's numbers as the calculator gives them, worded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from pacemark.engine.errors import EngineError
from pacemark.engine.goals.quantify import quantify_json
from pacemark.web.goals.bridge.documents import rounded_up
from pacemark.web.goals.bridge.what_if import Odds, Tried, try_out
from pacemark.web.goals.choices import Status
from pacemark.web.goals.models import PlanDraft
from pacemark.web.goals.pages.rest import TONES
from pacemark.web.goals.pages.words import confidence_words, rate_words, stage_words
from pacemark.web.goals.what_if_forms import NumberField, SplitForm, WhatIfForm
from pacemark.web.ui import formats
from pacemark.web.ui.components import ConfidenceChoice, SumLine, Tone
from pacemark.web.ui.wording import words_for

# Below this a number is moved by tenths.
_COARSE = 20.0
NEEDS = ("pipeline", "deals", "opportunities", "deep_talks", "connects", "dials")
MONEY = frozenset({"pipeline", "gap", "expected_from_pipeline"})
_PERCENTS = frozenset(
    {"win_rate", "pipeline_conversion", "closing_share", "open_closing_share", "opportunity_per_deep_talk",
     "deep_talk_per_connect", "connect_per_dial"}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """One stage: what is needed, as it stands without the trial, and the pace."""

    label: str
    need: str
    as_is: str
    day: str
    day_rounded: str
    week: str
    week_rounded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OddsRow:
    """One row of the odds: how many opportunities, with which chance, the win rate known or not."""

    label: str
    known: str
    uncertain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Everything that came of a trial; ``error`` stands alone where it could not be worked out."""

    error: str = ""
    rows: tuple[StageRow, ...] = ()
    course: tuple[tuple[str, str], ...] = ()
    tone: Tone = ""
    word: str = ""
    fits: bool | None = None
    remedies: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    sums: tuple[SumLine, ...] = ()
    needed_deals: int = 0
    odds: tuple[OddsRow, ...] = ()
    choices: tuple[ConfidenceChoice, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One number of the form: its field, what it is without the trial, and the ends of its slider."""

    field: Any
    as_is: str
    unit: str
    low: str
    high: str
    step: str


def input_rows(form: WhatIfForm, as_is: Mapping[str, str]) -> tuple[InputRow, ...]:
    """Return the numbers that can be moved; sliders reach from nothing to twice what is, per cents at most to 100."""
    return tuple(_input_row(form[name], as_is.get(name, "")) for name in form.fields)


def _input_row(bound: Any, as_is: str) -> InputRow:
    is_percent = isinstance(bound.field, NumberField) and bound.field.is_percent
    usual = float(as_is or 0) or (50.0 if is_percent else 10.0)
    high = min(2 * usual, 100.0) if is_percent else 2 * usual
    step = 0.1 if is_percent or usual < _COARSE else 10 ** max(len(str(round(usual))) - 3, 0)
    return InputRow(
        field=bound, as_is=as_is, unit="%" if is_percent else "", low="0", high=f"{high:.6g}", step=f"{step:g}"
    )


def answer_to(form: WhatIfForm, role: str, content: Mapping[str, Any] | None, as_is: Mapping[str, str]) -> Answer:
    """Return what comes of a form's numbers; a refusal in words."""
    if not form.is_valid():
        return Answer(error=" ".join(str(error) for errors in form.errors.values() for error in errors))
    try:
        tried = try_out(form.cleaned_data, role, content)
    except EngineError as error:
        return Answer(error=words_for(error.code, _label(form, error.field)))
    return _answer(tried, _needs_as_is(as_is, role, content))


def _needs_as_is(as_is: Mapping[str, str], role: str, content: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if content is None:
        return {}
    try:
        return try_out(as_is, role, content).answer
    except EngineError:
        return {}


def _label(form: WhatIfForm, field: str | None) -> str | None:
    name = (field or "").rpartition(".")[2]
    return str(form.fields[name].label) if name in form.fields else field


def _answer(tried: Tried, before: Mapping[str, Any]) -> Answer:
    found = tried.answer
    reasons = {reason["code"]: words_for(reason["code"], reason["field"]) for reason in found["reasons"].values()}
    return Answer(
        rows=tuple(_row(stage, found, before) for stage in NEEDS),
        course=_course(found),
        tone=TONES[found["status"]],
        word=str(Status(found["status"]).label),
        fits=found["feasible"],
        remedies=_remedies(found),
        reasons=tuple(reasons.values()),
        sums=tuple(_sum(step) for step in found["steps"]),
        needed_deals=tried.needed_deals,
        odds=tuple(_odds(row) for row in tried.odds),
        choices=_choices(tried),
        kept=_kept(tried),
    )


def _kept(tried: Tried) -> dict[str, Any]:
    """Return what a draft keeps of a trial: numbers as shown, in no language."""
    found = tried.answer
    needs = {stage: _need(stage, found.get(stage)) for stage in NEEDS}
    needs["dials_per_day"] = formats.count((found["per_day"].get("dials") or {}).get("rounded"))
    odds = {key: plan.odds for key, plan in tried.plans.items()}
    return {"needs": needs, "odds": odds, "fits": found["feasible"]}


def _row(stage: str, found: Mapping[str, Any], before: Mapping[str, Any]) -> StageRow:
    need, was = _need(stage, found.get(stage)), _need(stage, before.get(stage))
    day, week = (found[pace].get(stage) or {"exact": None, "rounded": None} for pace in ("per_day", "per_week"))
    return StageRow(
        label=stage_words()[stage],
        need=need,
        as_is=was if before and was != need else "",
        day=formats.count(day["exact"], 2),
        day_rounded=formats.count(day["rounded"]),
        week=formats.count(week["exact"], 2),
        week_rounded=formats.count(week["rounded"]),
    )


def _need(stage: str, value: Fraction | None) -> str:
    """Return a need rounded up once, money to whole units."""
    if value is None:
        return formats.DASH
    return formats.count(value) if stage in MONEY else formats.count(-(-value.numerator // value.denominator))


def _course(found: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return where the month stands: what is asked by now, the pace, and where it would end going on like this."""
    return (
        (_("Pro rata by now"), formats.count(found["pro_rata"])),
        (_("Pace"), formats.count(found["pace"], 2)),
        (_("Ends at this pace"), formats.count(found["projection"])),
        (_("Expected from the open pipeline"), formats.count(found["expected_from_pipeline"])),
        (_("Still missing"), formats.count(found["gap"])),
        (_("Pipeline conversion"), formats.percent((found["identity"] or {}).get("pipeline_conversion"))),
        (_("Working days left"), formats.count(found["days_left"])),
    )


def _remedies(found: Mapping[str, Any]) -> tuple[str, ...]:
    remedy, names = found["remedy"], rate_words()
    if remedy is None:
        return ()
    alone = [f"{names[name]} {formats.percent(remedy[name], 2)}" for name in names if remedy.get(name) is not None]
    said = [_("One rate alone would have to be: %(rates)s.") % {"rates": _(" or ").join(alone)}] if alone else []
    mix = remedy.get("mix")
    if mix:
        moved = [f"{names[name]} {formats.percent(mix['rates'][name])}" for name, part in mix["moved"].items() if part]
        if mix["enough"] and moved:
            said.append(_("The least that would do, and peers do it: %(rates)s.") % {"rates": " + ".join(moved)})
        elif not mix["enough"]:
            said.append(
                _("Even at the rates of the best quarter of peers it would not fit: the target needs talking about.")
            )
    if found["reachable"] and "result" in found["reachable"]:
        amount = formats.count(found["reachable"]["result"])
        said.append(_("At full capacity the month ends at %(amount)s on average.") % {"amount": amount})
    return tuple(said)


def _sum(step: Mapping[str, Any]) -> SumLine:
    """Return one line of the arithmetic: the formula with its numbers."""
    stage, formula = step["stage"], str(step["formula"])
    for name in sorted(step["inputs"], key=len, reverse=True):
        formula = formula.replace(name, _shown(name, step["inputs"][name]))
    words = {**stage_words(), **_step_words()}
    value = _shown(stage, step["result"])
    return SumLine(label=words.get(stage, stage), formula=formula.replace("*", "×").replace("/", "÷"), value=value)


def _step_words() -> dict[str, str]:
    return {
        "pipeline_conversion": _("Pipeline conversion"),
        "expected_from_pipeline": _("Expected from the open pipeline"),
        "gap": _("Still missing"),
        "opportunities_from_talks": _("… from deep talks"),
    }


def _shown(name: str, value: Fraction | None) -> str:
    if name in _PERCENTS:
        return formats.percent(value, 2)
    return formats.count(value, 0 if value is None or value == int(value) else 2)


def _odds(row: Odds) -> OddsRow:
    words = confidence_words()
    label = _("The chain's opportunities") if row.confidence is None else words[str(row.confidence)]
    return OddsRow(label=label, known=_chance(row.known), uncertain=_chance(row.uncertain))


def _chance(pair: tuple[int, float] | None) -> str:
    if pair is None:
        return formats.DASH
    words = _("%(n)s opportunities, chance %(odds)s")
    return words % {"n": formats.count(pair[0]), "odds": formats.percent(pair[1], 2)}


def _choices(tried: Tried) -> tuple[ConfidenceChoice, ...]:
    """Return the plans over the whole chain at three confidences."""
    words = confidence_words()
    return tuple(
        ConfidenceChoice(word=words[key], odds=plan.odds, lines=_lines(plan.per_day.get("dials"), plan.stages))
        for key, plan in tried.plans.items()
    )


def _lines(dials_per_day: float | None, stages: Mapping[str, float | None]) -> tuple[str, ...]:
    found, needed = [], stages["opportunities"]
    if needed is not None:
        found.append(_("%(n)s opportunities") % {"n": formats.count(rounded_up(needed))})
    if dials_per_day is not None:
        found.append(_("%(n)s dials a day") % {"n": formats.count(rounded_up(dials_per_day))})
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """An amount split over periods, or why not."""

    parts: tuple[str, ...] = ()
    error: str = ""


def split_of(form: SplitForm) -> Split | None:
    """Return the parts of a typed amount; nothing where nothing was typed."""
    if not form.is_bound:
        return None
    if not form.is_valid():
        return Split(error=" ".join(str(error) for errors in form.errors.values() for error in errors))
    payload: dict[str, Any] = {"amount": form.cleaned_data["amount"] or None, "weights": form.listed("weights")}
    payload |= {name: found for name in ("workdays", "closed") if (found := form.listed(name))}
    if form.cleaned_data["step"]:
        payload["step"] = form.cleaned_data["step"]
    try:
        parts = quantify_json(payload)["parts"]
    except EngineError as error:
        name = (error.field or "").partition("[")[0]
        return Split(error=words_for(error.code, str(form.fields[name].label) if name in form.fields else error.field))
    return Split(parts=tuple(formats.count(part) for part in parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """A kept draft beside the others."""

    pk: int
    name: str
    query: str
    cells: tuple[str, ...]


def draft_rows(drafts: list[PlanDraft]) -> tuple[tuple[str, ...], tuple[DraftRow, ...]]:
    """Return the heads and rows that compare somebody's drafts."""
    labels = [stage_words()[stage] for stage in ("opportunities", "deep_talks", "dials")]
    heads = (stage_words()["target"], *labels, _("Dials a day"), *confidence_words().values())
    return heads, tuple(_draft_row(draft) for draft in drafts)


def _draft_row(draft: PlanDraft) -> DraftRow:
    rows, odds = draft.answer.get("needs", {}), draft.answer.get("odds", {})
    needs = [rows.get(stage, formats.DASH) for stage in ("opportunities", "deep_talks", "dials", "dials_per_day")]
    chances = [formats.percent(odds.get(key), 0) for key in confidence_words()]
    typed = draft.assumptions.get("target")
    target = formats.count(Fraction(typed)) if typed else formats.DASH
    return DraftRow(pk=draft.pk, name=draft.name, query=f"draft={draft.pk}", cells=(target, *needs, *chances))
