from __future__ import annotations

import numpy as np

from pacemark.engine.goals.roles import tell_roles


def tell(*rows: tuple[int, int, int, int]) -> list[str]:
    dials, sourced, owned, deals = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return tell_roles(dials, sourced, owned, deals)


CREW = [(2500, 130, 130, 26), (2400, 120, 125, 22), (2600, 128, 131, 30)]


def test_many_dials_without_deals_is_a_setter_when_opportunities_followed():
    assert tell(*CREW, (3000, 140, 0, 0))[-1] == "setter"
    assert tell(*CREW, (3000, 0, 0, 0))[-1] == "full_cycle"


def test_ten_dials_and_many_deals_is_a_closer_even_with_a_few_dials_more():
    assert tell(*CREW, (10, 1, 50, 47))[-1] == "closer"
    assert tell(*CREW, (220, 15, 370, 74))[-1] == "closer"


def test_an_unlucky_or_new_person_stays_full_cycle():
    assert tell(*CREW, (400, 18, 15, 0))[-1] == "full_cycle"
    assert tell(*CREW, (0, 0, 0, 0))[-1] == "full_cycle"


def test_without_any_calls_those_who_own_are_closers():
    assert tell((0, 0, 4, 1), (0, 0, 0, 0)) == ["closer", "full_cycle"]


def test_order_does_not_matter():
    rows = [*CREW, (3000, 140, 0, 0), (10, 1, 50, 47)]
    assert tell(*reversed(rows)) == list(reversed(tell(*rows)))
