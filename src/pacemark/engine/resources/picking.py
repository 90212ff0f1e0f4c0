"""Which lead of a grade goes to whom, once it is decided how many each gets."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pacemark.engine.resources.arrivals import WAITS, Arrivals, Desk, IntArray, coded
from pacemark.engine.resources.matching import best_fit
from pacemark.engine.resources.policy import ranked_teams


def pick(arrivals: Arrivals, owners: IntArray, desk: Desk) -> IntArray:
    """Say for each lead whose decided place it takes.

    Parameters
    ----------
    arrivals : Arrivals
        The leads.
    owners : ndarray of shape (n_leads,), int64
        For each place, in order of arrival, the rep's place on the desk; -1 waits.
    desk : Desk
        Order rule, team ranks and scores.

    Returns
    -------
    ndarray of shape (n_leads,), int64
        For each lead the place whose rep gets it; a waiting lead keeps its own.

    Notes
    -----
    Leads change places only with leads of the same grade and the same tags, so that every count by rep and grade and
    every skill stays. ``first_pick``: reps by team rank, then the larger score, then the id; leads by the larger score,
    then arrival; the first rep takes the best ones. ``balanced``: a rep with k leads gets the k that lie evenly over
    the order of quality. ``best_fit``: the highest sum of expected values, see `best_fit`.

    Examples
    --------
    >>> from pacemark.engine.resources.eligibility import Rep
    >>> two = Arrivals(ids=["L1", "L2"], grades=["A", "A"], scores=[0.1, 0.9])
    >>> desk = Desk(reps=[Rep(id="a", score=Fraction(2)), Rep(id="b", score=Fraction(1))])
    >>> pick(two, np.array([0, 1]), desk).tolist()
    [1, 0]
    """
    order = desk.policy.order
    taken = np.arange(len(owners))
    if order == "arrival" or len(owners) < 2:  # a lead by itself changes places with nobody
        return taken
    ranks = np.append(_ranks(desk), WAITS)[owners]
    quality = _by_quality(arrivals)
    for members in _classes(arrivals, owners):
        best_first = members[np.argsort(quality[members], kind="stable")]
        if order == "best_fit":
            chosen = _by_value(arrivals, owners[members], best_first, desk)
        else:
            chosen = _in_blocks(ranks[members]) if order == "first_pick" else _spread(ranks[members])
        taken[best_first] = members[chosen]
    return taken


def _ranks(desk: Desk) -> IntArray:
    teams = ranked_teams(desk.teams)
    keys = [(teams.get(rep.team, len(teams)), -(rep.score or Fraction(0)), rep.id) for rep in desk.reps]
    ranks = np.empty(len(keys), dtype=np.int64)
    ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return ranks


def _by_quality(arrivals: Arrivals) -> IntArray:
    places = np.arange(len(arrivals.ids))
    if arrivals.scores is None:
        return places
    quality = np.empty_like(places)
    quality[np.argsort(-np.asarray(arrivals.scores, dtype=np.float64), kind="stable")] = places
    return quality


def _classes(arrivals: Arrivals, owners: IntArray) -> list[IntArray]:
    """Return the places that may be exchanged for each other, in order of arrival."""
    _, codes = coded(arrivals.grades)
    if arrivals.tags is not None:
        kinds = {tags: place for place, tags in enumerate(dict.fromkeys(arrivals.tags))}
        codes = codes * len(kinds) + np.fromiter(map(kinds.__getitem__, arrivals.tags), np.int64, len(codes))
    given = np.flatnonzero(owners != WAITS)
    by_class = given[np.argsort(codes[given], kind="stable")]
    borders = np.flatnonzero(np.diff(codes[by_class])) + 1
    return [places for places in np.split(by_class, borders) if len(places)]


def _in_blocks(ranks: IntArray) -> IntArray:
    return np.argsort(ranks, kind="stable")


def _spread(ranks: IntArray) -> IntArray:
    """Put a rep's j-th of k leads at (j + 1/2) / k of the way."""
    by_rank = np.argsort(ranks, kind="stable")
    counts = np.bincount(ranks)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    ordered = ranks[by_rank]
    nth = np.arange(len(ranks)) - starts[ordered]
    # Equal ways are equal doubles, because each is one division of the exact numbers; ties go by rank.
    way = (2 * nth + 1) / counts[ordered]
    return np.asarray(by_rank[np.lexsort((ordered, way))], dtype=np.int64)


def _by_value(arrivals: Arrivals, owners: IntArray, leads: IntArray, desk: Desk) -> IntArray:
    reps, column_of, counts = np.unique(owners, return_inverse=True, return_counts=True)
    names = [desk.reps[rep].id for rep in reps]
    if arrivals.values is not None:
        table = [[arrivals.values[lead].get(name, 0.0) for name in names] for lead in leads]
    else:
        scores = arrivals.scores if arrivals.scores is not None else [0.0] * len(arrivals.ids)
        table = [[scores[lead] * float(desk.reps[rep].score or 0) for rep in reps] for lead in leads]
    chosen = best_fit(table, [int(count) for count in counts])
    places = [iter(np.flatnonzero(column_of == column)) for column in range(len(reps))]
    return np.asarray([next(places[column]) for column in chosen], dtype=np.int64)
