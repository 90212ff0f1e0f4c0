"""What each number means, once: conditions in SQL that every engine reads alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

METRICS_VERSION = 1

# Where the source tells the outcome, an unanswered call never connects, however long it rang; where it does not (NULL),
# the length alone decides.
IS_NOT_UNANSWERED = "(d.answered IS NULL OR d.answered)"
IS_OUTBOUND = "c.direction = 1"
IS_QUALIFIED = "o.state <> 'unqualified'"
IS_WON = "o.state = 'won'"

RevenueColumn = Literal["amount_minor", "cash_minor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Thresholds in seconds, the column of a deal that counts as revenue, the day on which sales months start."""

    connect_seconds: int = 1
    effective_seconds: int = 30
    deep_talk_seconds: int = 180
    revenue_column: RevenueColumn = "amount_minor"
    month_start_day: int = 1

    def __post_init__(self) -> None:
        """Refuse what could not be written into SQL as it is."""
        for seconds in (self.connect_seconds, self.effective_seconds, self.deep_talk_seconds):
            if not isinstance(seconds, int) or seconds < 0:
                raise ValueError("a threshold is a whole number of seconds, 0 or more")
        if self.revenue_column not in {"amount_minor", "cash_minor"}:
            raise ValueError("revenue is amount_minor or cash_minor")
        if not isinstance(self.month_start_day, int) or not 1 <= self.month_start_day <= 31:
            raise ValueError("a sales month starts on day 1 to 31")

    @property
    def is_connect(self) -> str:
        """SQL: this dial was answered and lasted as long as a connect."""
        return self._lasted(self.connect_seconds)

    @property
    def is_effective(self) -> str:
        """SQL: this connect lasted as long as an effective dial."""
        return self._lasted(max(self.connect_seconds, self.effective_seconds))

    @property
    def is_deep_talk(self) -> str:
        """SQL: this connect lasted as long as a deep talk."""
        return self._lasted(max(self.connect_seconds, self.deep_talk_seconds))

    @staticmethod
    def _lasted(seconds: int) -> str:
        # The length first: most dials have none, and nothing more is asked of them.
        return f"d.talk_seconds >= {seconds} AND {IS_NOT_UNANSWERED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric as a person may read it: name, unit, and what is counted."""

    name: str
    unit: str
    sql: str


def metrics(definitions: Definitions) -> tuple[Metric, ...]:
    """Return every metric of a rep-day with the SQL that counts it."""
    is_connect, is_deep_talk = definitions.is_connect, definitions.is_deep_talk
    return (
        Metric(name="dials", unit="calls", sql=IS_OUTBOUND),
        Metric(name="distinct_leads_dialled", unit="leads", sql="COUNT(DISTINCT d.lead_id)"),
        Metric(name="connects", unit="calls", sql=is_connect),
        Metric(name="effective_dials", unit="calls", sql=definitions.is_effective),
        Metric(name="talk_seconds", unit="seconds", sql=f"SUM(d.talk_seconds) FILTER (WHERE {is_connect})"),
        Metric(name="deep_talks", unit="calls", sql=is_deep_talk),
        Metric(name="opportunities", unit="opportunities", sql=IS_QUALIFIED),
        Metric(name="opportunities_sourced", unit="opportunities", sql=f"{IS_QUALIFIED} AND o.sourced_on IS NOT NULL"),
        Metric(name="pipeline_minor", unit="minor", sql="SUM(o.expected_minor)"),
        Metric(name="deals", unit="deals", sql="COUNT(*)"),
        Metric(name="revenue_minor", unit="minor", sql=f"SUM(e.{definitions.revenue_column})"),
        Metric(name="refunds_minor", unit="minor", sql="SUM(e.amount_minor)"),
    )
