"""The calculator's ``case``: reading a star, its peers and a trial, and answering what the success is worth."""

from __future__ import annotations

from typing import Any

from pacemark.engine.errors import EngineError
from pacemark.engine.fields import Fields, fields_of
from pacemark.engine.results.case import Claim, Gain, Verdict, gain_of, judge_trial, make_claim, status_of
from pacemark.engine.results.contrast import Stratum, Tally

_AREA = "results"
# More trials than this nobody makes; sums over them would take for ever.
_MAX_TRIED = 10**9
_MAX_CANDIDATES = 10**9
_MAX_STRATA = 500
_OPTIONAL = ("star", "peers", "strata", "trial", "per_trials", "win_rate", "deal_value")


def case_json(payload: dict[str, Any]) -> dict[str, Any]:
    """Answer the calculator's ``case``.

    Parameters
    ----------
    payload : dict
        ``star`` and ``peers``, each ``{"won", "tried"}`` — or ``strata``, a list of ``{"star", "peers"}`` by kind of
        lead; ``strength``, ``candidates``; optionally ``trial`` with ``adopters`` and ``others`` (or ``strata`` of
        these), and ``per_trials``, ``win_rate``, ``deal_value`` for what so many trials would bring more.

    Returns
    -------
    dict
        ``estimate``, ``uplift``, ``uplift_interval`` (central 80 %), ``p``, ``p_adjusted``, ``status``; with a trial
        ``trial``; with ``per_trials`` ``gain``, shrunk and ``raw``.

    Raises
    ------
    EngineError
        ``results.…``: won above tried, peers without trials, no candidates, and the number readers' codes.

    Examples
    --------
    >>> answer = case_json({
    ...     "star": {"won": 96, "tried": 300}, "peers": {"won": 750, "tried": 3000}, "strength": 200, "candidates": 20,
    ... })
    >>> answer["estimate"], answer["uplift"], answer["p"], answer["p_adjusted"], answer["status"]
    (0.292, 0.042, 0.0102, 0.185, 'candidate')
    """
    fields = fields_of(payload, _AREA, required=["strength", "candidates"], optional=_OPTIONAL)
    claim = make_claim(_strata(fields, "star", "peers"), float(fields.positive("strength")), _candidates(fields))
    verdict = _verdict(fields, claim)
    answer = {
        "base": round(claim.base, 6),
        "estimate": round(claim.estimate, 6),
        "uplift": round(claim.uplift, 6),
        "uplift_interval": [round(claim.low, 6), round(claim.high, 6)],
        "p": _shown(claim.p),
        "p_adjusted": _shown(claim.p_adjusted),
        "status": status_of(claim, verdict),
    }
    if verdict is not None:
        answer["trial"] = _trial_answer(verdict)
    if fields.has("per_trials"):
        answer["gain"] = _gains(fields, claim)
    return answer


def _strata(fields: Fields, ours: str, theirs: str) -> list[Stratum]:
    if not fields.has("strata"):
        return [Stratum(ours=_tally(fields, ours), theirs=_tally(fields, theirs))]
    if fields.has(ours) or fields.has(theirs):
        message = f"Give either {ours} and {theirs}, or strata of them, and not both."
        raise EngineError("results.one_of_two", message, fields.field("strata"))
    rows = [
        fields_of(item, _AREA, path=f"{fields.field('strata')}.{place}", required=[ours, theirs])
        for place, item in enumerate(fields.items("strata"))
    ]
    if len(rows) > _MAX_STRATA:
        message = f"strata may hold at most {_MAX_STRATA} kinds of leads."
        raise EngineError("results.too_many", message, fields.field("strata"))
    if not rows:
        raise EngineError("results.no_trials", "strata must hold at least one kind of lead.", fields.field("strata"))
    return [Stratum(ours=_tally(row, ours), theirs=_tally(row, theirs)) for row in rows]


def _tally(fields: Fields, key: str) -> Tally:
    side = fields.child(key, required=["won", "tried"])
    won, tried = side.count("won"), side.count("tried")
    if tried > _MAX_TRIED:
        raise EngineError("results.number_too_large", "tried is larger than can be meant.", side.field("tried"))
    if won > tried:
        raise EngineError("results.won_above_tried", "won must not be above tried.", side.field("won"))
    return Tally(won=won, tried=tried)


def _candidates(fields: Fields) -> int:
    candidates = fields.count("candidates")
    if candidates > _MAX_CANDIDATES:
        raise EngineError("results.number_too_large", "candidates is larger than can be meant.", "candidates")
    return candidates


def _verdict(fields: Fields, claim: Claim) -> Verdict | None:
    if not fields.has("trial"):
        return None
    trial = fields.child("trial", optional=["adopters", "others", "strata"])
    return judge_trial(_strata(trial, "adopters", "others"), claim.uplift)


def _trial_answer(verdict: Verdict) -> dict[str, Any]:
    return {
        "difference": None if verdict.difference is None else round(verdict.difference, 6),
        "interval": None
        if verdict.low is None or verdict.high is None
        else [round(verdict.low, 6), round(verdict.high, 6)],
        "p": _shown(verdict.p),
    }


def _gains(fields: Fields, claim: Claim) -> dict[str, Any]:
    trials = float(fields.amount("per_trials"))
    win_rate = float(fields.rate("win_rate")) if fields.has("win_rate") else None
    deal_value = float(fields.amount("deal_value")) if fields.has("deal_value") else None
    shrunk = gain_of(claim.uplift, trials, win_rate, deal_value)
    raw = None if claim.raw is None else gain_of(claim.raw - claim.base, trials, win_rate, deal_value)
    return {**_gain_answer(shrunk), "raw": None if raw is None else _gain_answer(raw)}


def _gain_answer(gain: Gain) -> dict[str, Any]:
    return {
        "successes": round(gain.successes, 6),
        "deals": None if gain.deals is None else round(gain.deals, 6),
        "money": None if gain.money is None else round(gain.money, 2),
    }


def _shown(p: float) -> float:
    """Round to three digits that mean something: a p of a millionth is not 0."""
    return float(f"{p:.3g}")
