"""Whose turn it is: the quota method, with whole-number keys and a heap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What decided one lead.

    Parameters
    ----------
    member : int
        Place of the winner.
    due : int
        Further leads that could have passed before this one had to come; below 0 is overdue.
    n_rivals : int
        Other members whose next lead could have come now.
    runner_up : int or None
        Place of the one who would have had it without the winner.
    """

    member: int
    due: int
    n_rivals: int
    runner_up: int | None


class Turns:
    """Deals one lead after another among members whose shares stand still.

    Parameters
    ----------
    weights : sequence of int, length n_members
        Shares up to a common factor, each ``> 0``; ties go to the earlier member, so the caller puts the larger share
        first, then the smaller id.
    balances : sequence of int, length n_members
        entitled - received of each member so far, times ``scale``.
    scale : int
        Common denominator of the balances, ``>= 1``.

    Notes
    -----
    With W the sum of the weights and B that of the balances, member i is owed ``b_i + (n - B) w_i / W`` after n leads
    (what all are behind or ahead together is set aside, so that the n-th lead always finds somebody). Its k-th lead
    from now may come as soon as it is owed more than k - 1, and must have come when it is owed k. Among those whose
    next lead may come, the one whose lead must come first is served. Where balances start within one lead of zero,
    nobody is ever a whole lead from what it is owed, at any n: unit jobs with these windows have a schedule
    (Tijdeman), and the earliest due date finds it.
    Keys are whole numbers, computed with integers alone: step s is the s-th lead from now. One lead costs one integer
    division and O(log n_members).

    References
    ----------
    .. [1] M. L. Balinski and H. P. Young, "Fair Representation", 1982 (the quota method).
    .. [2] J. C. R. Bennett and H. Zhang, "WF2Q: Worst-case Fair Weighted Fair Queueing", INFOCOM 1996.
    .. [3] R. Tijdeman, "The chairman assignment problem", Discrete Mathematics 32, 1980.

    Examples
    --------
    >>> Turns([3, 2, 2, 1], [0, 0, 0, 0], 1).serve_many(8)
    [0, 1, 2, 0, 1, 0, 2, 3]
    """

    __slots__ = ("_due", "_floor", "_more", "_per_step", "_ready", "_rest", "_waiting", "_whole", "n_served")

    def __init__(self, weights: Sequence[int], balances: Sequence[int], scale: int) -> None:
        total, ahead, size = sum(weights), sum(balances), len(weights)
        self.n_served = 0
        # A member's lead takes unit / per_step steps to be owed: so many whole ones, and so much more.
        unit, self._per_step = scale * total, [weight * scale for weight in weights]
        self._whole = [unit // step for step in self._per_step]
        self._more = [unit % step for step in self._per_step]
        starts = [weight * ahead - balance * total for weight, balance in zip(weights, balances, strict=True)]
        # The next lead is owed in full at step floor + rest / per_step.
        ends = [divmod(start + unit, step) for start, step in zip(starts, self._per_step, strict=True)]
        self._floor, self._rest = [floor for floor, _ in ends], [rest for _, rest in ends]
        self._due = [floor + 1 if rest else floor for floor, rest in ends]
        self._ready: list[int] = []
        self._waiting: dict[int, list[int]] = {}
        for member, (start, step) in enumerate(zip(starts, self._per_step, strict=True)):
            release = start // step + 1
            if release <= 1:
                self._ready.append(self._due[member] * size + member)
            else:
                self._waiting.setdefault(release, []).append(member)
        heapify(self._ready)

    def serve_many(self, count: int) -> list[int]:
        """Serve the next leads and return the members' places in turn."""
        ready, waiting, due, floors, rests = self._ready, self._waiting, self._due, self._floor, self._rest
        whole, more, per_step, size = self._whole, self._more, self._per_step, len(self._due)
        served: list[int] = []
        first = self.n_served + 1
        for step in range(first, first + count):
            if step in waiting:
                for member in waiting.pop(step):
                    heappush(ready, due[member] * size + member)
            member = ready[0] % size
            served.append(member)
            floor = floors[member]
            release = floor + 1
            floor += whole[member]
            rest = rests[member] + more[member]
            if rest >= per_step[member]:
                rest -= per_step[member]
                floor += 1
            floors[member] = floor
            rests[member] = rest
            due[member] = floor = floor + 1 if rest else floor
            if release <= step:
                heapreplace(ready, floor * size + member)
            else:
                heappop(ready)
                if release in waiting:
                    waiting[release].append(member)
                else:
                    waiting[release] = [member]
        self.n_served = first + count - 1
        return served

    def serve_one(self, member: int | None = None) -> Turn:
        """Serve the next lead and say what decided it; a member may be given, one that `ready` names."""
        ready, size, step = self._awake(), len(self._due), self.n_served + 1
        first = ready[0] % size
        chosen = first if member is None else member
        second = first if chosen != first else min(ready[1:3], default=None)
        turn = Turn(
            member=chosen,
            due=self._due[chosen] - step,
            n_rivals=len(ready) - 1,
            runner_up=None if second is None else second % size,
        )
        if chosen != first:
            # The heap serves whoever is first: the chosen one is put there, one step before all others.
            ready.remove(self._due[chosen] * size + chosen)
            heapify(ready)
            heappush(ready, (ready[0] // size - 1) * size + chosen)
        self.serve_many(1)
        return turn

    def ready(self) -> list[int]:
        """Return the members whose next lead may come now, the one that must come first in front."""
        ready, size = self._awake(), len(self._due)
        first = ready[0]
        return [first % size, *(key % size for key in ready[1:])]

    def leaves_time(self, member: int) -> bool:
        """Tell whether all others still get in time what they are owed where this member is served now."""
        step, limit = self.n_served + 1, self._due[member]
        dues: list[int] = []
        for other, due in enumerate(self._due):
            if other != member and due < limit:
                dues += self._dues_before(other, limit)
        dues.sort()
        return all(due > place for place, due in enumerate(dues, step))

    def _dues_before(self, member: int, limit: int) -> list[int]:
        """Return when the member's leads from now on must have come, as far as that is before a step."""
        dues, due = [], self._due[member]
        floor, rest = self._floor[member], self._rest[member]
        while due < limit:
            dues.append(due)
            floor, rest = floor + self._whole[member], rest + self._more[member]
            if rest >= self._per_step[member]:
                floor, rest = floor + 1, rest - self._per_step[member]
            due = floor + 1 if rest else floor
        return dues

    def _awake(self) -> list[int]:
        """Return the heap with those added whose lead may come from this step on."""
        size = len(self._due)
        for member in self._waiting.pop(self.n_served + 1, ()):
            heappush(self._ready, self._due[member] * size + member)
        return self._ready
