"""Which units a person sees, and which amounts they may set."""

from __future__ import annotations

from dataclasses import dataclass

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.units import UnitKey
from pacemark.web.goals.choices import UnitLevel
from pacemark.web.goals.queries.units import UnitBoard, UnitRow
from pacemark.web.organization.models import Region
from pacemark.web.organization.queries import teams_visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSight:
    """The units in sight; those whose amount, and those whose split over the level below, the person may set."""

    seen: frozenset[UnitKey] | None
    settable: frozenset[UnitKey] | None
    splittable: frozenset[UnitKey] | None

    def rows(self, board: UnitBoard) -> list[UnitRow]:
        """Return the rows in sight."""
        return [row for row in board.rows if self.seen is None or row.node.key in self.seen]

    def may_set(self, key: UnitKey) -> bool:
        """Tell whether the person may ask an amount of a unit."""
        return self.settable is None or key in self.settable

    def may_split(self, key: UnitKey) -> bool:
        """Tell whether the person may split a unit's amount over the level below."""
        return self.splittable is None or key in self.splittable


def unit_sight(user: User) -> UnitSight:
    """Return a person's sight: operations everything; a director the region, a manager the team.

    An amount comes from above: a director sets the teams', nobody but operations their own. Whoever leads a unit may
    split its amount over those below.
    """
    if user.access_role in {AccessRole.OPERATIONS, AccessRole.ADMIN}:
        return UnitSight(seen=None, settable=None, splittable=None)
    teams = frozenset((str(UnitLevel.TEAM), team.pk) for team in teams_visible_to(user))
    if user.access_role != AccessRole.DIRECTOR:
        return UnitSight(seen=teams, settable=frozenset(), splittable=teams)
    led = Region.objects.filter(director=user).values_list("pk", flat=True)
    regions = frozenset((str(UnitLevel.REGION), region) for region in led)
    return UnitSight(seen=teams | regions, settable=teams, splittable=teams | regions)
