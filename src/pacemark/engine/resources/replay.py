"""Replay: past arrivals under a rule, and what would have come of it; nothing is written anywhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from pacemark.engine.resources.allocation import EMPTY, allocate
from pacemark.engine.resources.arrivals import Allocation, Arrivals, Desk
from pacemark.engine.resources.eligibility import Rep
from pacemark.engine.resources.fairness import jain
from pacemark.engine.resources.ledger import Account, Key, Ledger
from pacemark.engine.resources.policy import Policy
from pacemark.engine.resources.shares import counts_as_head, solve_shares

_NOTHING = Account()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayBatch:
    """Leads that arrived while everybody's state stood still, with that state.

    Parameters
    ----------
    day, month : str
        When, as the caps count; counters of a new day or month begin anew.
    arrivals : Arrivals
        The leads; ``values`` or else ``scores`` are read as the chance of a deal.
    desk : Desk
        The rule, and the people as they stood before these leads.
    recorded : sequence of (str or None), optional
        Who got them at the time. The counters in ``desk`` include these; without it they leave out all leads replayed.
    ledger : Ledger, optional
        The ledger these leads were decided with; None carries the replay's own on.
    """

    day: str
    month: str
    arrivals: Arrivals
    desk: Desk
    recorded: Sequence[str | None] | None = None
    ledger: Ledger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayRow:
    """What one rep, or one team, would have had.

    Parameters
    ----------
    id, team : str
        The rep and the team; for a team's row both are the team.
    n_leads : int
        Leads received.
    by_grade : mapping of str to int
        The same by grade.
    entitled : Fraction
        What the rule owed over the replay.
    deviation : Fraction
        Received minus entitled.
    n_below_floor : int
        Policy windows in which the rep was on duty and got less than the floor; for a team the sum over its reps.
    expected_deals : float or None
        Sum of the leads' chances; None where no chance is known.
    """

    id: str
    team: str
    n_leads: int
    by_grade: Mapping[str, int]
    entitled: Fraction
    deviation: Fraction
    n_below_floor: int
    expected_deals: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySummary:
    """The answer of a replay.

    Parameters
    ----------
    owners : tuple of (str or None)
        Owner of every lead, in order of arrival over all batches.
    reps, teams : tuple of ReplayRow
        By id.
    n_unassigned : int
        Leads that would have waited.
    waiting_codes : mapping of str to int
        How often each reason kept a rep from a waiting lead.
    n_changed : int or None
        Leads with another owner than recorded; None where nothing is recorded.
    jain : Fraction or None
        Jain's index of received per entitled lead, over reps who were owed any.
    max_minus_min : int
        Most minus least leads of a rep who was owed any.
    ledger : Ledger
        As it would stand.
    """

    owners: tuple[str | None, ...]
    reps: tuple[ReplayRow, ...]
    teams: tuple[ReplayRow, ...]
    n_unassigned: int
    waiting_codes: Mapping[str, int]
    n_changed: int | None
    jain: Fraction | None
    max_minus_min: int
    ledger: Ledger


def replay(batches: Iterable[ReplayBatch], ledger: Ledger = EMPTY) -> ReplaySummary:
    """Run past arrivals under a rule.

    Parameters
    ----------
    batches : iterable of ReplayBatch
        In order of time; read one at a time, so that a month need not be held at once.
    ledger : Ledger
        As it stood before the first batch.

    Returns
    -------
    ReplaySummary
        Owners and sums per rep and team.

    Notes
    -----
    Each batch is `allocate` with the ledger carried on. Under the rule and the states that were in force every owner is
    reproduced. Under another rule people would have held other numbers of leads: the counters in each batch's
    desk are corrected by what the replay gave beyond the record so far, of the day, of the month and in all. What that
    would have changed in recycling and duty is not replayed.

    Examples
    --------
    >>> leads = Arrivals(ids=["1", "2"], grades=["A", "A"])
    >>> batch = ReplayBatch(day="1", month="1", arrivals=leads, desk=Desk(reps=[Rep(id="a"), Rep(id="b")]))
    >>> [row.n_leads for row in replay([batch, batch]).reps]
    [2, 2]
    """
    replaying = Replaying(ledger)
    for batch in batches:
        replaying.add(batch)
    return replaying.summary()


class Replaying:
    """A replay under way, for a job that shows how far it is and can be stopped.

    Parameters
    ----------
    ledger : Ledger
        As it stood before the first batch.
    """

    def __init__(self, ledger: Ledger = EMPTY) -> None:
        self.ledger = ledger
        self._shares = _Shares()
        self._beyond: dict[str, Counter[str]] = {"all": Counter(), "day": Counter(), "month": Counter()}
        self._now = {"day": "", "month": ""}
        self._owners: list[str | None] = []
        self._team_of: dict[str, str] = {}
        self._grades: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._deals: defaultdict[str, float] = defaultdict(float)
        self._owed_to_reps: defaultdict[str, Fraction] = defaultdict(Fraction)
        self._owed_to_teams: defaultdict[str, Fraction] = defaultdict(Fraction)
        self._in_window: dict[tuple[str, str], int] = {}
        self._floors: dict[str, int] = {}
        self._codes: Counter[str] = Counter()
        self._n_changed: int | None = None
        self._has_chances = False

    def add(self, batch: ReplayBatch) -> Allocation:
        """Replay one batch and count it in."""
        before = self.ledger if batch.ledger is None else batch.ledger
        people = [self._corrected(rep, batch) for rep in batch.desk.reps]
        desk = replace(batch.desk, reps=people, shares=self._shares.of(batch.desk))
        run = allocate(batch.arrivals, desk, before, evidence=False)
        self.ledger = run.ledger
        _grow(self._owed_to_reps, before.reps, run.ledger.reps)
        _grow(self._owed_to_teams, before.teams, run.ledger.teams)
        self._count(batch, run)
        return run

    def _corrected(self, rep: Rep, batch: ReplayBatch) -> Rep:
        """Return the rep with what the replay gave beyond the record counted in."""
        for span, name in (("day", batch.day), ("month", batch.month)):
            if self._now[span] != name:
                self._now[span], self._beyond[span] = name, Counter()
        beyond = {span: counts[rep.id] for span, counts in self._beyond.items()}
        if not any(beyond.values()):
            return rep
        return replace(
            rep,
            held=rep.held + beyond["all"],
            held_day=rep.held_day + beyond["day"],
            held_month=rep.held_month + beyond["month"],
        )

    def _count(self, batch: ReplayBatch, run: Allocation) -> None:
        recorded = Counter(owner for owner in batch.recorded or () if owner is not None)
        for counts in self._beyond.values():
            counts.update(run.received)
            counts.subtract(recorded)
        self._owners += run.owners
        self._team_of.update((rep.id, rep.team) for rep in batch.desk.reps)
        for grade, received in run.received_by_grade.items():
            for name, count in received.items():
                self._grades[name][grade] += count
        if batch.recorded is not None:
            changed = sum(one != other for one, other in zip(run.owners, batch.recorded, strict=True))
            self._n_changed = changed + (self._n_changed or 0)
        for lead in run.waiting:
            self._codes.update(exclusion.code for exclusion in lead.exclusions.values())
        self._count_windows(batch, run)
        self._count_deals(batch.arrivals, run.owners)

    def summary(self) -> ReplaySummary:
        """Return what has come of the batches so far."""
        owed_to, below = self._owed_to_reps, self._below_floor()
        reps = tuple(self._row(name, owed_to[name], below[name]) for name in sorted(self._team_of))
        owed = [row for row in reps if row.entitled > 0]
        return ReplaySummary(
            owners=tuple(self._owners),
            reps=reps,
            teams=self._team_rows(reps, self._owed_to_teams),
            n_unassigned=sum(owner is None for owner in self._owners),
            waiting_codes=dict(self._codes),
            n_changed=self._n_changed,
            jain=jain([row.n_leads / row.entitled for row in owed]),
            max_minus_min=max((row.n_leads for row in owed), default=0) - min((row.n_leads for row in owed), default=0),
            ledger=self.ledger,
        )

    def _count_windows(self, batch: ReplayBatch, run: Allocation) -> None:
        policy = batch.desk.policy
        if not policy.floor:
            return
        window = _window_of(policy, batch, len(self._owners))
        self._floors[window] = policy.floor
        for rep in batch.desk.reps:
            if rep.off is None:
                key = (window, rep.id)
                self._in_window[key] = self._in_window.get(key, 0) + run.received[rep.id]

    def _count_deals(self, arrivals: Arrivals, owners: Sequence[str | None]) -> None:
        if arrivals.values is not None:
            chances = [values.get(owner or "", 0.0) for values, owner in zip(arrivals.values, owners, strict=True)]
        elif arrivals.scores is not None:
            chances = list(arrivals.scores)
        else:
            return
        self._has_chances = True
        for owner, chance in zip(owners, chances, strict=True):
            if owner is not None:
                self._deals[owner] += chance

    def _below_floor(self) -> Counter[str]:
        below = ((name, count < self._floors[window]) for (window, name), count in self._in_window.items())
        return Counter(name for name, is_below in below if is_below)

    def _row(self, name: str, entitled: Fraction, n_below_floor: int) -> ReplayRow:
        by_grade, n_leads = self._grades[name], sum(self._grades[name].values())
        return ReplayRow(
            id=name,
            team=self._team_of[name],
            n_leads=n_leads,
            by_grade=dict(by_grade),
            entitled=entitled,
            deviation=n_leads - entitled,
            n_below_floor=n_below_floor,
            expected_deals=self._deals[name] if self._has_chances else None,
        )

    def _team_rows(self, reps: Sequence[ReplayRow], entitled: Mapping[str, Fraction]) -> tuple[ReplayRow, ...]:
        rows = []
        for team in sorted(set(self._team_of.values())):
            mates = [row for row in reps if row.team == team]
            by_grade = sum((Counter(row.by_grade) for row in mates), Counter[str]())
            n_leads = sum(row.n_leads for row in mates)
            rows.append(
                ReplayRow(
                    id=team,
                    team=team,
                    n_leads=n_leads,
                    by_grade=dict(by_grade),
                    entitled=entitled[team],
                    deviation=n_leads - entitled[team],
                    n_below_floor=sum(row.n_below_floor for row in mates),
                    expected_deals=sum(self._deals[row.id] for row in mates) if self._has_chances else None,
                )
            )
        return tuple(rows)


def _grow(owed: defaultdict[str, Fraction], before: Mapping[Key, Account], after: Mapping[Key, Account]) -> None:
    """Add by how much each one's entitlement grew; what a run left alone is the same object."""
    for key, account in after.items():
        known = before.get(key, _NOTHING)
        if account is not known:
            owed[key[0]] += account.entitled - known.entitled


def _window_of(policy: Policy, batch: ReplayBatch, n_before: int) -> str:
    if policy.window == "batch" or policy.window not in ("day", "month"):
        return f"batch {n_before}" if policy.window == "batch" else policy.window
    return batch.day if policy.window == "day" else batch.month


class _Shares:
    """Shares solved anew only where something they depend on has changed; for a month of batches that is seldom."""

    def __init__(self) -> None:
        self._known: object = None
        self._shares: Mapping[str, Fraction] = {}

    def of(self, desk: Desk) -> Mapping[str, Fraction] | None:
        """Return the desk's shares, or None where floors make them depend on the batch."""
        if desk.shares is not None or desk.policy.has_bounds:
            return desk.shares
        policy, people = desk.policy, desk.reps
        heads = [(r.id, r.team, r.score, counts_as_head(r, policy), r.withheld, r.previous_share) for r in people]
        key = (policy, heads, list(desk.teams))
        if key != self._known:
            solved = solve_shares(people, desk.teams, policy, None)
            self._known, self._shares = key, {name: share.share for name, share in solved.items()}
        return self._shares
