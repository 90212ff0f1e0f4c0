"""A run at work: lead after lead through both levels of the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from pacemark.engine.errors import EngineError
from pacemark.engine.resources.arrivals import NO_TAGS, WAITS, Arrivals, Decision, Desk, IntArray, Waiting, coded
from pacemark.engine.resources.contest import Contest, Group, on_grid
from pacemark.engine.resources.drift import Drift
from pacemark.engine.resources.eligibility import DO_NOT_CONTACT, Exclusion
from pacemark.engine.resources.ledger import Account, Key, Ledger, Window
from pacemark.engine.resources.policy import Policy
from pacemark.engine.resources.roster import Roster
from pacemark.engine.resources.seating import Seating, Tags
from pacemark.engine.resources.shares import solve_shares


class Dealing:
    """The state of one run.

    Parameters
    ----------
    desk : Desk
        Rule and people.
    ledger : Ledger
        As the run begins.
    n_leads : int
        Leads in this run.
    seating : Seating or None
        The desk's own, where it has been made before.
    """

    def __init__(self, desk: Desk, ledger: Ledger, n_leads: int, seating: Seating | None = None) -> None:
        policy = desk.policy
        n_expected = _expected(policy, n_leads)
        self.shares = desk.shares if desk.shares is not None else _solved(desk, n_expected)
        self._policy = policy
        if seating is None or not seating.fits(desk.reps, self.shares):
            seating = Seating(desk.reps, self.shares)
        self._place_of = seating.place_of
        absent = ledger.absent.items() if policy.make_up else ()
        self._absent = {name: credit for name, credit in absent if name in seating.on_leave}
        window = Window() if policy.expected_leads is None else ledger.window
        self.roster = Roster(seating, policy, window, n_expected, self._absent)
        self.exclusions = self.roster.exclusions()
        self._levels = _Levels(seating, ledger)
        self._drift = Drift(ledger.teams) if seating.is_coarse else None
        self._differences: dict[tuple[Tags, int], dict[str, Exclusion]] = {}

    def deal(self, arrivals: Arrivals, *, evidence: bool) -> tuple[IntArray, list[Decision], list[Waiting]]:
        """Decide the owner of each place in order of arrival: the rep's place on the desk, or that the lead waits."""
        plain = arrivals.tags is None and arrivals.blocked is None
        if plain and not evidence and self.roster.never_changes(len(arrivals.ids)) and self.roster.seats(NO_TAGS).teams:
            return self._deal_at_once(arrivals), [], []
        owners: list[int] = []
        decisions: list[Decision] = []
        waiting: list[Waiting] = []
        reasons: dict[tuple[Tags, int], dict[str, Exclusion]] = {}
        for place, (lead, grade) in enumerate(zip(arrivals.ids, arrivals.grades, strict=True)):
            self.roster.arrive()
            tags = arrivals.tags[place] if arrivals.tags is not None else NO_TAGS
            if arrivals.blocked is not None and arrivals.blocked[place]:
                waiting.append(
                    Waiting(lead=lead, grade=grade, exclusions=dict.fromkeys(self.roster.reps, DO_NOT_CONTACT))
                )
                owners.append(WAITS)
                continue
            seats = self.roster.seats(tags)
            if seats.teams is None:
                why = reasons.setdefault((tags, seats.version), self.roster.exclusions_for(tags))
                waiting.append(Waiting(lead=lead, grade=grade, exclusions=why))
                owners.append(WAITS)
            elif evidence:
                decision = self._explained(lead, grade, tags, place)
                decisions.append(decision)
                owners.append(self._place_of[decision.rep])
            else:
                owners.append(self._place_of[self._served(grade, tags)])
        return np.asarray(owners, dtype=np.int64), decisions, waiting

    def ledger(self) -> Ledger:
        """Return the ledger as it stands now."""
        teams, reps, marks = self._levels.finished()
        return Ledger(
            teams=teams,
            reps=reps,
            absent=dict(self._absent),
            marks=marks,
            window=self.roster.window,
        )

    def _deal_at_once(self, arrivals: Arrivals) -> IntArray:
        """Deal everything grade by grade, then team by team: the same as lead by lead while nothing changes."""
        owners = np.full(len(arrivals.ids), WAITS, dtype=np.int64)
        seats = self.roster.seats(NO_TAGS)
        if seats.teams is None:
            raise RuntimeError("nobody to deal to")
        grades, codes = coded(arrivals.grades)
        team_at = self._teams_at_once(arrivals.grades, seats.teams)
        for at, team in enumerate(seats.teams.names):
            group, places = self._levels.reps(team), np.flatnonzero(team_at == at)
            if len(places):
                group.seat(seats.team(team))
                desk_place = np.asarray([self._place_of[name] for name in group.names])
                owners[places] = desk_place[group.serve_many(codes[places], grades)]
        return owners

    def _teams_at_once(self, named: Sequence[str], contest: Contest) -> IntArray:
        """Return the place of each lead's team; grade by grade, unless grades make up for each other."""
        team_at = np.zeros(len(named), dtype=np.int64)
        if self._drift is not None:
            place_of = {name: place for place, name in enumerate(contest.names)}
            team_at[:] = [place_of[self._team_for(grade, NO_TAGS)] for grade in named]
            return team_at
        grades, codes = coded(named)
        for code, grade in enumerate(grades):
            group, places = self._levels.teams(grade), np.flatnonzero(codes == code)
            group.seat(contest)
            team_at[places] = group.serve_many(np.zeros(len(places), dtype=np.int64), [grade])
        return team_at

    def _seated(self, grade: str, tags: Tags) -> tuple[Group, Contest]:
        seats = self.roster.seats(tags)
        if seats.teams is None:
            raise RuntimeError("nobody to deal to")
        group = self._levels.teams(grade)
        group.seat(seats.teams)
        return group, seats.teams

    def _team_for(self, grade: str, tags: Tags) -> str:
        group, contest = self._seated(grade, tags)
        if self._drift is None:
            return group.serve(grade)
        team = group.serve(grade, self._drift.place(group, contest, grade))
        self._drift.count(team)
        return team

    def _served(self, grade: str, tags: Tags) -> str:
        seats = self.roster.seats(tags)
        team = self._team_for(grade, tags)
        group, contest = self._levels.reps(team), seats.team(team)
        group.seat(contest)
        name = group.serve(grade)
        self._after(name, contest)
        return name

    def _explained(self, lead: str, grade: str, tags: Tags, place: int) -> Decision:
        seats = self.roster.seats(tags)
        excluded = self._difference(tags, seats.version)
        teams, teams_contest = self._seated(grade, tags)
        place_at = None if self._drift is None else self._drift.place(teams, teams_contest, grade)
        team, team_level = teams.serve_explained(grade, place_at)
        if self._drift is not None:
            self._drift.count(team)
        group, contest = self._levels.reps(team), seats.team(team)
        group.seat(contest)
        name, rep_level = group.serve_explained(grade)
        self._after(name, contest)
        return Decision(
            lead=lead,
            grade=grade,
            rep=name,
            team=team,
            place=place,
            team_level=team_level,
            rep_level=rep_level,
            excluded=excluded,
        )

    def _after(self, name: str, contest: Contest) -> None:
        self.roster.give(name)
        if self._policy.make_up:
            self._credit_absent(contest)

    def _credit_absent(self, contest: Contest) -> None:
        """Count what a rep on leave is credited; the lead that would pass the limit ends it."""
        for name, weight in contest.credited.items():
            if self.roster.is_made_up.get(name):
                credit = self._absent.get(name, Fraction(0)) + Fraction(weight, contest.credit_total)
                # Judged after the lead, so that the next one sees it, in this run or another.
                is_full = credit + Fraction(weight, contest.credit_total) > self._policy.make_up
                self._absent[name] = Fraction(self._policy.make_up) if is_full else on_grid(credit)
                if is_full:
                    self.roster.end_make_up(name)

    def _difference(self, tags: Tags, version: int) -> dict[str, Exclusion]:
        found = self._differences.get((tags, version))
        if found is None:
            now = self.roster.exclusions_for(tags)
            found = {name: exclusion for name, exclusion in now.items() if name not in self.exclusions}
            self._differences[tags, version] = found
        return found


class _Levels:
    """The groups of both levels, opened when their first lead comes."""

    def __init__(self, seating: Seating, ledger: Ledger) -> None:
        self._ledger, self._seating = ledger, seating
        self._grades = sorted({grade for _name, grade in ledger.reps})
        self._teams: dict[str, Group] = {}
        self._reps: dict[str, Group] = {}

    def teams(self, grade: str) -> Group:
        """Return the first level of a grade."""
        group = self._teams.get(grade)
        if group is None:
            names = {name: [grade] for name in self._seating.team_names}
            group = Group(self._ledger.teams, names, self._ledger.marks.get(f"teams/{grade}"))
            self._teams[grade] = group
        return group

    def reps(self, team: str) -> Group:
        """Return the second level of a team."""
        group = self._reps.get(team)
        if group is None:
            names = dict.fromkeys((rep.id for rep in self._seating.by_team[team]), self._grades)
            group = self._reps[team] = Group(self._ledger.reps, names, self._ledger.marks.get(f"reps/{team}"))
        return group

    def finished(self) -> tuple[dict[Key, Account], dict[Key, Account], dict[str, str]]:
        """Return all accounts of both levels, with what the run changed, and the marks."""
        teams, reps, marks = dict(self._ledger.teams), dict(self._ledger.reps), dict(self._ledger.marks)
        for level, groups, accounts in (("teams", self._teams, teams), ("reps", self._reps, reps)):
            for name, group in groups.items():
                accounts.update(group.finish())
                if group.mark is not None:
                    marks[f"{level}/{name}"] = group.mark
        return teams, reps, marks


def _expected(policy: Policy, n_leads: int) -> int:
    if policy.has_bounds and policy.window != "batch" and policy.expected_leads is None:
        message = "A floor or a ceiling over a longer window needs expected_leads, the leads expected in it."
        raise EngineError("resources.expected_leads_needed", message, "policy.expected_leads")
    return n_leads if policy.expected_leads is None else policy.expected_leads


def _solved(desk: Desk, n_expected: int) -> dict[str, Fraction]:
    solved = solve_shares(desk.reps, desk.teams, desk.policy, n_expected)
    return {name: share.share for name, share in solved.items()}
