"""A review in sentences that a manager would sign, in the language in use; the numbers are those of its content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from pacemark.web.process.models import Finding
from pacemark.web.process.pages.words import cause_words, coaching_words, factor_words, sentence, verdict_words
from pacemark.web.process.queries.findings import CAUSES
from pacemark.web.results.choices import CaseState, ReviewActionState
from pacemark.web.results.pages.cases import title_from
from pacemark.web.ui import formats

Content = Mapping[str, Any]
MOST_LEADS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section of the page: its title, what the data say, what people added."""

    code: str
    title: str
    sentences: tuple[str, ...]
    words: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An action that the data suggest: in words, with the form's values."""

    what: str
    why: str
    due_on: str
    metric: str
    owner_id: int | None


def title_of(content: Content) -> str:
    """Return what the review is called."""
    who = content["name"] or _("Whole organisation")
    kind = _("weekly review") if content["cycle"] == "week" else _("monthly review")
    return _("%(who)s · %(kind)s %(label)s") % {"who": who, "kind": kind, "label": content["label"]}


def headline_of(content: Content) -> str:
    """Return the one sentence that stands above everything."""
    result = content["result"]
    net, target = _money(content, result["net_minor"]), result["target_minor"]
    if target:
        return _("%(net)s of the %(target)s planned, %(share)s") % {
            "net": net, "target": _money(content, target), "share": formats.percent(result["net_minor"] / target, 0),
        }  # fmt: skip
    return _("%(net)s brought; nothing was planned") % {"net": net}


def parts_of(content: Content, words: Mapping[str, Sequence[Mapping[str, str]]]) -> list[Part]:
    """Return the review's sections in order."""
    sections: tuple[tuple[str, str, Callable[[Content], list[str]]], ...] = (
        ("result", _("Plan and result"), _result),
        ("causes", _("By what cause"), _causes),
        ("work", _("What was done"), _work),
        ("last_actions", _("What the last review decided, and whether it worked"), _last_actions),
        ("coaching", pgettext("review", "Coaching"), _coaching),
        ("leads", _("What leads brought"), _leads),
        ("success", _("What went well"), _success),
    )
    return [
        Part(code=code, title=title, sentences=tuple(tell(content)), words=tuple(words.get(code, ())))
        for code, title, tell in sections
    ]


def _result(content: Content) -> list[str]:
    return [*_against_plan(content), *_beside(content), *(_unit(content, one) for one in content["units"])]


def _against_plan(content: Content) -> list[str]:
    one = content["result"]
    told = {name: _money(content, one[f"{name}_minor"]) for name in ("net", "won")}
    told["back"] = _money(content, one["refunds_minor"])
    if not one["target_minor"]:
        return [_("No target stands for these days; %(net)s came in (won %(won)s, given back %(back)s).") % told]
    gap = one["net_minor"] - one["target_minor"]
    words = _("above it by %(gap)s") if gap >= 0 else _("short of it by %(gap)s")
    told |= {"target": _money(content, one["target_minor"]), "gap": words % {"gap": _money(content, abs(gap))}}
    return [_("The plan asked for %(target)s; %(net)s came in (won %(won)s, given back %(back)s), %(gap)s.") % told]


def _beside(content: Content) -> list[str]:
    """Return the cycle before, and how the month of a week stands."""
    one, lines = content["result"], []
    if one["before_minor"] is not None:
        word = _("The week before: %(before)s.") if _is_week(content) else _("The month before: %(before)s.")
        lines.append(word % {"before": _money(content, one["before_minor"])})
    if _is_week(content) and one["month_target_minor"]:
        told = {
            "month": one["month"],
            "day": _day(content["until"]),
            "net": _money(content, one["month_net_minor"]),
            "target": _money(content, one["month_target_minor"]),
            "share": formats.percent(one["month_net_minor"] / one["month_target_minor"], 0),
        }
        lines.append(_("Month %(month)s by %(day)s: %(net)s of %(target)s, %(share)s.") % told)
    return lines


def _unit(content: Content, unit: Content) -> str:
    target = unit["target_minor"]
    told = {"name": unit["name"] or _("Without a team"), "net": _money(content, unit["net_minor"])}
    if not target:
        return _("%(name)s: %(net)s.") % told
    return _("%(name)s: %(net)s of %(target)s.") % {**told, "target": _money(content, target)}


def _causes(content: Content) -> list[str]:
    told = content["causes"]
    if told is None:
        none = _("Not enough data: causes are counted for sales months in which people have a plan.")
        return [none, *(_findings(content) if content["n_findings"] else ())]
    names = cause_words()
    parts = [
        _("%(cause)s %(money)s") % {"cause": names[cause], "money": _signed(content, told[cause])} for cause in CAUSES
    ]
    gap = told["actual_minor"] - told["target_minor"]
    lines = [
        ngettext(
            "Month so far, up to %(day)s, for %(n)s person with a plan: %(gap)s against what was due by then.",
            "Month so far, up to %(day)s, for %(n)s people with a plan: %(gap)s against what was due by then.",
            told["n_people"],
        )
        % {"day": _day(told["until"]), "n": told["n_people"], "gap": _signed(content, gap)},
        _("Of it %(parts)s.") % {"parts": _listed(parts)},
    ]
    return [*lines, *_findings(content)]


def _findings(content: Content) -> list[str]:
    n = content["n_findings"]
    if not n:
        return [_("Nobody stands out beyond chance.")]
    words = ngettext(
        "Found in the quarter up to %(day)s: %(n)s place where money was lost.",
        "Found in the quarter up to %(day)s: %(n)s places where money was lost; what cost most first.",
        n,
    )
    head = words % {"day": _day(content["findings_until"]), "n": n}
    return [head, *(_finding(content, one) for one in content["findings"])]


def _finding(content: Content, one: Content) -> str:
    """Return what was found in one line; luck is called luck."""
    told = {
        "who": one["who"], "stage": factor_words().get(one["stage"], one["stage"]),
        "money": _money(content, abs(one["money_minor"])), "cause": cause_words().get(one["cause"], ""),
        "verdict": verdict_words().get(one["verdict"], ""), "why": sentence(_as_finding(one)),
    }  # fmt: skip
    return _("%(who)s, %(stage)s: %(money)s short (%(cause)s; %(verdict)s). %(why)s") % told


def _as_finding(one: Content) -> Finding:
    return Finding(stage=one["stage"], cause=one["cause"], verdict=one["verdict"], evidence=one["evidence"])


def _work(content: Content) -> list[str]:
    now, before = content["work"]["now"], content["work"]["before"]
    if not now["dials"] and not now["deals"]:
        return [_("Not enough data: nobody dialled on these days.")]
    names = (
        ("dials", _("dials")), ("connects", _("connects")), ("deep_talks", _("deep talks")),
        ("opportunities", _("opportunities")), ("deals", pgettext("count", "deals")),
    )  # fmt: skip
    counts = [
        _("%(name)s %(now)s (before %(before)s)")
        % {"name": name, "now": formats.count(now[code]), "before": formats.count(before[code])}
        for code, name in names
    ]
    who = ngettext("%(n)s person dialled.", "%(n)s people dialled.", now["people"]) % {"n": now["people"]}
    return [_("%(counts)s.") % {"counts": _listed(counts)}, who, *_adjusted(content["work"])]


def _adjusted(work: Content) -> list[str]:
    off = work.get("talks_off", 0)
    if not off:
        return []
    words = _("Less what lies beyond the smooth curve of talk lengths: %(n)s deep talks. Please review.")
    return [words % {"n": formats.count(max(0, work["now"]["deep_talks"] - off), 1)}]


def _last_actions(content: Content) -> list[str]:
    if not content["last_actions"]:
        return [_("The last review decided nothing, or this is the first.")]
    return [_last_action(one) for one in content["last_actions"]]


def _last_action(one: Content) -> str:
    told = {"what": one["what"], "owner": one["owner"] or _("nobody"), "day": _day(one["due_on"])}
    if one["state"] == ReviewActionState.DONE:
        late, in_time = (
            _("%(what)s (%(owner)s, due %(day)s): done late."),
            _("%(what)s (%(owner)s, due %(day)s): done."),
        )
        told_of = late if one["is_late"] else in_time
    elif one["state"] == ReviewActionState.DROPPED:
        told_of = _("%(what)s (%(owner)s, due %(day)s): dropped.")
    elif one["is_late"]:
        told_of = _("%(what)s (%(owner)s, due %(day)s): not done, and late.")
    else:
        told_of = _("%(what)s (%(owner)s, due %(day)s): still to do.")
    return _space().join(filter(None, (told_of % told, _effect(one))))


def _effect(one: Content) -> str:
    effect = one["effect"]
    if effect is None:
        return _("It was not measured.")
    told = {
        "metric": factor_words()[one["metric"]], "n": effect["n"], "n_alike": effect["n_alike"],
        "before": _rate(one["metric"], effect["before"]), "after": _rate(one["metric"], effect["after"]),
        "effect": _difference(one["metric"], effect["effect"]), "low": _difference(one["metric"], effect["low"]),
        "high": _difference(one["metric"], effect["high"]),
    }  # fmt: skip
    moved = _("%(metric)s went from %(before)s to %(after)s.") % told
    verdict = effect["verdict"]
    if verdict == "not_enough_data":
        return moved + _space() + _("Not enough data to say whether that is the action's doing.")
    against = _(
        "Against similar people elsewhere that is %(effect)s (nine times in ten between %(low)s and %(high)s; "
        "%(n)s people here, %(n_alike)s elsewhere)"
    )
    ends = {
        "better": _("%(against)s: it worked."),
        "worse": _("%(against)s: it did not work."),
        "not_told": _("%(against)s: luck is not ruled out."),
    }
    return moved + _space() + ends[verdict] % {"against": against % told}


def _rate(metric: str, value: float | None) -> str:
    if metric == "dials":
        return _("%(n)s a day") % {"n": formats.count(value, 1)}
    return formats.percent(value)


def _difference(metric: str, value: float | None) -> str:
    return formats.signed(value, 1) if metric == "dials" else formats.signed_points(value, language())


def _coaching(content: Content) -> list[str]:
    one = content["coaching"]
    if not one["due"]:
        return [_("No coaching was due in these days.")]
    words = ngettext(
        "%(due)s coaching action was due: %(on_time)s done on time with evidence, %(late)s late, %(missed)s missed; "
        "%(excused)s more were excused.",
        "%(due)s coaching actions were due: %(on_time)s done on time with evidence, %(late)s late, %(missed)s missed; "
        "%(excused)s more were excused.",
        one["due"],
    )
    lines = [words % one]
    if one["rate"] is not None:
        lines.append(_("Execution rate %(rate)s, against 80%%.") % {"rate": formats.percent(one["rate"], 0)})
    if one["bulk"]:
        lines.append(_("%(n)s of them were closed within minutes of one another.") % {"n": one["bulk"]})
    return lines


def _leads(content: Content) -> list[str]:
    if not content["leads"]:
        return [_("No lead arrived in these days.")]
    lines = []
    for one in content["leads"][:MOST_LEADS]:
        told = {
            "channel": one["channel"] or _("Unknown source"),
            "leads": ngettext("%(n)s lead", "%(n)s leads", one["leads"]) % {"n": one["leads"]},
            "opportunities": ngettext("%(n)s opportunity", "%(n)s opportunities", one["opportunities"])
            % {"n": one["opportunities"]},
            "deals": ngettext("%(n)s deal", "%(n)s deals", one["deals"]) % {"n": one["deals"]},
            "money": _money(content, one["net_minor"]),
        }
        words = _("%(channel)s: %(leads)s, so far %(opportunities)s, %(deals)s and %(money)s.")
        lines.append(words % told)
    if (more := len(content["leads"]) - MOST_LEADS) > 0:
        lines.append(ngettext("And %(n)s more source.", "And %(n)s more sources.", more) % {"n": more})
    return lines


def _success(content: Content) -> list[str]:
    result, lines = content["result"], []
    if result["asked"]:
        words = _("People who reached their target of %(month)s by %(day)s: %(reached)s of %(asked)s.")
        lines.append(words % {**result, "day": _day(content["until"])})
    states = {
        CaseState.TRIED.value: _("being tried by %(n)s"),
        CaseState.VERIFIED.value: _("verified; %(n)s have taken it up"),
        CaseState.REFUTED.value: _("tried by %(n)s and not borne out"),
    }
    for one in content["cases"]:
        told = states[one["state"]] % {"n": one["n"]}
        # Reviews that were agreed before kept the title alone.
        title = title_from(one["title"], one.get("practice", ""), one.get("habits", ()))
        lines.append(_("Success case “%(title)s”: %(told)s.") % {"title": title, "told": told})
    return lines or [_("No success case is being tried here.")]


def proposals_of(content: Content) -> list[Proposal]:
    """Return the actions that the data suggest, ready to be decided."""
    found = []
    for one in content["proposals"]:
        what = str(coaching_words(_as_finding(one))["what"])
        found.append(
            Proposal(
                what=_("%(who)s: %(what)s") % {"who": one["who"], "what": what}, why=_finding(content, one),
                due_on=one["due_on"], metric=one["metric"], owner_id=one["owner_id"],
            )
        )  # fmt: skip
    return found


def metric_words(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Return what actions may be measured by, for a form."""
    names = factor_words()
    return [("", _("Not measured")), *((code, names[code]) for code in codes)]


def language() -> formats.Language:
    """Return the language in use."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def _space() -> str:
    return "" if language() == "zh" else " "


def _listed(parts: Sequence[str]) -> str:
    return ("，" if language() == "zh" else ", ").join(parts)


def _is_week(content: Content) -> bool:
    return bool(content["cycle"] == "week")


def _money(content: Content, minor: int) -> str:
    return formats.money(minor, language(), content["currency"])


def _signed(content: Content, minor: int) -> str:
    return ("+" if minor > 0 else "") + _money(content, minor)


def _day(text: str) -> str:
    return formats.local_date(date.fromisoformat(text), language(), "short")
