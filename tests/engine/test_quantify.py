from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pacemark.engine.goals.quantify import quantify

_AMOUNTS = st.fractions(0, 10**7, max_denominator=100)
_STEPS = st.sampled_from([Fraction(1), Fraction(100), Fraction(1, 100), Fraction(5, 2)])


@st.composite
def _plans(draw: st.DrawFn) -> tuple[list[Fraction], list[Fraction], list[bool]]:
    size = draw(st.integers(1, 8))
    positive = st.fractions(Fraction(1, 20), 3, max_denominator=20)
    weights = draw(st.lists(positive, min_size=size, max_size=size))
    workdays = [Fraction(count) for count in draw(st.lists(st.integers(1, 27), min_size=size, max_size=size))]
    closed = draw(st.lists(st.booleans(), min_size=size, max_size=size).filter(lambda flags: not all(flags)))
    return weights, workdays, closed


@given(_AMOUNTS, _plans(), _STEPS)
def test_parts_hold_the_sum_the_step_and_the_share(
    amount: Fraction, plan: tuple[list[Fraction], list[Fraction], list[bool]], step: Fraction
) -> None:
    weights, workdays, _ = plan
    parts = quantify(amount, weights, workdays=workdays, step=step)
    claims = [weight * days for weight, days in zip(weights, workdays, strict=True)]

    assert sum(parts) == amount
    assert all((part / step).denominator == 1 for part in parts[:-1])
    assert 0 <= parts[-1] % step < step
    for part, claim in zip(parts[:-1], claims[:-1], strict=True):
        assert abs(part - amount * claim / sum(claims)) < 2 * step


@given(_AMOUNTS, _plans(), _STEPS)
def test_closing_a_period_with_its_own_target_keeps_it_and_the_sum(
    amount: Fraction, plan: tuple[list[Fraction], list[Fraction], list[bool]], step: Fraction
) -> None:
    weights, workdays, flags = plan
    before = quantify(amount, weights, workdays=workdays, step=step)
    closed = [part if flag else None for part, flag in zip(before, flags, strict=True)]
    after = quantify(amount, weights, workdays=workdays, closed=closed, step=step)

    assert sum(after) == amount
    assert all(was == now for was, now, flag in zip(before, after, flags, strict=True) if flag)
    last_open = max(place for place, flag in enumerate(flags) if not flag)
    assert all(
        (part / step).denominator == 1 for place, part in enumerate(after) if place != last_open and not flags[place]
    )


def test_a_month_without_working_days_gets_nothing_not_even_the_odd_rest() -> None:
    parts = quantify(
        Fraction(1001), [Fraction(1)] * 3, workdays=[Fraction(20), Fraction(20), Fraction(0)], step=Fraction(10)
    )

    assert parts == (500, 501, 0)


def test_everything_closed_and_nothing_left_is_fine() -> None:
    assert quantify(Fraction(5), [Fraction(1)] * 2, closed=[Fraction(2), Fraction(3)]) == (2, 3)
