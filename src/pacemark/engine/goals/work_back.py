"""Working a target back: opportunities, deep talks, connects and dials, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from pacemark.engine.goals.chain import WORK_RATES, WORK_STAGES, Chain, ChainInputs, Reason, Step, lacking


def work_back(inputs: ChainInputs) -> Chain:
    """Work a target back to opportunities, deep talks, connects and dials.

    Parameters
    ----------
    inputs : ChainInputs
        Target, conversion, values and rates; checked by the reader (`decompose_json`) or the caller.

    Returns
    -------
    Chain
        Exact Fractions; None, with a reason, for what a zero or unknown rate makes impossible to compute.

    Notes
    -----
    1. conversion = win_rate x deal_value / expected_amount, where it is not given itself. 2. expected_from_pipeline
    = open_pipeline x conversion x open_closing_share. 3. gap = max(0, target - booked - expected_from_pipeline).
    4. pipeline = gap / (conversion x closing_share); deals = gap / deal_value. 5. opportunities = pipeline /
    expected_amount. 6. deep_talks = max(0, opportunities - direct_opportunities) / opportunity_per_deep_talk;
    connects = deep_talks / deep_talk_per_connect; dials = connects / connect_per_dial. Nothing missing needs nothing:
    0 divided by an unknown or zero rate is 0. Nothing is rounded.

    Examples
    --------
    >>> rates = {name: Fraction(1, 2) for name in WORK_RATES}
    >>> chain = work_back(ChainInputs(role="setter", opportunities_target=Fraction(10), rates=rates))
    >>> int(chain.values["dials"] or 0)
    80
    """
    walk = _Walk()
    if inputs.opportunities_target is None:
        _money_part(walk, inputs)
    else:
        _count_part(walk, inputs)
    if inputs.role == "closer":
        walk.leave_out(*WORK_STAGES[1:])
    else:
        _work_part(walk, inputs)
    if inputs.role == "setter":
        walk.leave_out("deals")
    return Chain(values=walk.values, reasons=walk.reasons, steps=tuple(walk.steps))


def _money_part(walk: _Walk, inputs: ChainInputs) -> None:
    _conversion(walk, inputs)
    conversion = walk.values["pipeline_conversion"]
    _gap(walk, inputs, conversion)
    gap = walk.values["gap"]
    walk.divide(
        "pipeline",
        "gap / (pipeline_conversion * closing_share)",
        {"gap": gap},
        {"pipeline_conversion": conversion, "closing_share": inputs.closing_share},
    )
    if inputs.role != "setter":
        walk.divide("deals", "gap / deal_value", {"gap": gap}, {"deal_value": inputs.deal_value})
    walk.divide(
        "opportunities",
        "pipeline / expected_amount",
        {"pipeline": walk.values["pipeline"]},
        {"expected_amount": inputs.expected_amount},
    )


def _conversion(walk: _Walk, inputs: ChainInputs) -> None:
    if inputs.pipeline_conversion is not None:
        walk.values["pipeline_conversion"] = inputs.pipeline_conversion
        return
    if inputs.win_rate is None:
        walk.values["pipeline_conversion"] = None
        walk.reasons["pipeline_conversion"] = lacking("pipeline_conversion", None)
        return
    formula = "win_rate * deal_value / expected_amount"
    if inputs.deal_value is None:
        terms = {"win_rate": inputs.win_rate, "deal_value": None, "expected_amount": inputs.expected_amount}
        walk.put("pipeline_conversion", formula, terms, lacking("deal_value", None))
        return
    walk.zero_causes["pipeline_conversion"] = "deal_value" if inputs.deal_value == 0 else "win_rate"
    numerators = {"win_rate": inputs.win_rate, "deal_value": inputs.deal_value}
    walk.divide("pipeline_conversion", formula, numerators, {"expected_amount": inputs.expected_amount})


def _gap(walk: _Walk, inputs: ChainInputs, conversion: Fraction | None) -> None:
    terms = {
        "open_pipeline": inputs.open_pipeline,
        "pipeline_conversion": conversion,
        "open_closing_share": inputs.open_closing_share,
    }
    formula = "open_pipeline * pipeline_conversion * open_closing_share"
    if conversion is None and inputs.open_pipeline > 0:
        walk.put("expected_from_pipeline", formula, terms, walk.reasons["pipeline_conversion"])
        walk.put("gap", "target - booked - expected_from_pipeline", {}, walk.reasons["pipeline_conversion"])
        return
    expected = inputs.open_pipeline * (conversion or 0) * inputs.open_closing_share
    walk.put("expected_from_pipeline", formula, terms, expected)
    target = inputs.target or Fraction(0)
    walk.put(
        "gap",
        "max(0, target - booked - expected_from_pipeline)",
        {"target": target, "booked": inputs.booked, "expected_from_pipeline": expected},
        max(Fraction(0), target - inputs.booked - expected),
    )


def _count_part(walk: _Walk, inputs: ChainInputs) -> None:
    target = inputs.opportunities_target or Fraction(0)
    terms: dict[str, Fraction | None] = {"opportunities_target": target, "booked": inputs.booked}
    walk.leave_out("pipeline_conversion", "expected_from_pipeline", "pipeline")
    gap = max(Fraction(0), target - inputs.booked)
    walk.put("gap", "max(0, opportunities_target - booked)", terms, gap)
    walk.put("opportunities", "gap", {"gap": gap}, gap)


def _work_part(walk: _Walk, inputs: ChainInputs) -> None:
    done = "opportunities"
    opportunities = walk.values[done]
    if inputs.direct_opportunities and opportunities is not None:
        terms = {"opportunities": opportunities, "direct_opportunities": inputs.direct_opportunities}
        done = "opportunities_from_talks"
        left = max(Fraction(0), opportunities - inputs.direct_opportunities)
        walk.put(done, "max(0, opportunities - direct_opportunities)", terms, left)
    for rate_name, (tried, _won) in WORK_RATES.items():
        rates = {rate_name: inputs.rates[rate_name]}
        walk.divide(tried, f"{done} / {rate_name}", {done: walk.values[done]}, rates)
        done = tried


class _Walk:
    """The chain while it is being worked back."""

    def __init__(self) -> None:
        self.values: dict[str, Fraction | None] = {}
        self.reasons: dict[str, Reason] = {}
        self.steps: list[Step] = []
        self.zero_causes: dict[str, str] = {}

    def put(self, stage: str, formula: str, inputs: Mapping[str, Fraction | None], result: Fraction | Reason) -> None:
        value = None if isinstance(result, Reason) else result
        if isinstance(result, Reason):
            self.reasons[stage] = result
        self.values[stage] = value
        code = f"goals.step.{stage}"
        self.steps.append(Step(stage=stage, code=code, formula=formula, inputs=dict(inputs), result=value))

    def divide(
        self,
        stage: str,
        formula: str,
        numerators: Mapping[str, Fraction | None],
        divisors: Mapping[str, Fraction | None],
    ) -> None:
        """Divide the product of the numerators by the product of the divisors."""
        shown = {**numerators, **divisors}
        product = Fraction(1)
        for name, numerator in numerators.items():
            if numerator is None:
                self.put(stage, formula, shown, self.reasons[name])
                return
            product *= numerator
        if product == 0:
            self.put(stage, formula, shown, product)
            return
        for name, divisor in divisors.items():
            if not divisor:
                unknown = lacking(self.zero_causes.get(name, name), divisor)
                self.put(stage, formula, shown, self.reasons.get(name, unknown))
                return
            product /= divisor
        self.put(stage, formula, shown, product)

    def leave_out(self, *stages: str) -> None:
        message = "This part of the chain does not belong to the role."
        for stage in stages:
            self.values[stage] = None
            self.reasons[stage] = Reason(code="goals.not_in_role", message=message, field="role")
