"""Facts: what pages read. Rebuilt from events at any time; rep 0 and team 0 mean unassigned."""

from __future__ import annotations

from django.db import models


class RepDay(models.Model):
    """One rep on one business date, with the team of that day."""

    pk = models.CompositePrimaryKey("rep_id", "business_date")
    rep_id = models.BigIntegerField()
    business_date = models.DateField()
    team_id = models.BigIntegerField(default=0)
    dials = models.IntegerField(default=0)
    distinct_leads_dialled = models.IntegerField(default=0)
    connects = models.IntegerField(default=0)
    effective_dials = models.IntegerField(default=0)
    talk_seconds = models.BigIntegerField(default=0)
    deep_talks = models.IntegerField(default=0)
    opportunities = models.IntegerField(default=0, help_text="owned, by the day they opened")
    opportunities_sourced = models.IntegerField(default=0, help_text="by the day of the deep talk")
    pipeline_minor = models.BigIntegerField(default=0, help_text="expected amount of opportunities opened that day")
    deals = models.IntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0, help_text="won amount, refunds not yet taken off")
    refunds_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "fact_rep_day"
        indexes = [
            models.Index(fields=["business_date", "rep_id"], name="rep_day_by_date"),
            # Money of everyone's months without reading the many days that brought none.
            models.Index(
                fields=["business_date", "rep_id", "revenue_minor", "refunds_minor"],
                condition=models.Q(revenue_minor__gt=0) | models.Q(refunds_minor__gt=0),
                name="rep_day_with_money",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.business_date}"


class OpportunityCohort(models.Model):
    """What became of one rep's deep talks of one day and segment, and of the opportunities they opened that day."""

    pk = models.CompositePrimaryKey("rep_id", "trial_on", "segment_id")
    rep_id = models.BigIntegerField()
    trial_on = models.DateField()
    segment_id = models.BigIntegerField(default=0)
    talks_converted = models.IntegerField(help_text="deep talks of that day that a qualified opportunity came from")
    opportunities = models.IntegerField()
    won = models.IntegerField()

    class Meta:
        db_table = "fact_opportunity_cohort"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.trial_on} {self.segment_id}"


class WinLag(models.Model):
    """Wins of one owner by the day the opportunity opened and the day it closed: for lags, and for what was known."""

    pk = models.CompositePrimaryKey("rep_id", "opened_on", "closed_on", "segment_id", "is_undated")
    rep_id = models.BigIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField(help_text="where the source gave no date, the day it opened")
    segment_id = models.BigIntegerField(default=0)
    is_undated = models.SmallIntegerField(
        default=0, help_text="1: the closing day is not known and says nothing of lags"
    )
    won = models.IntegerField()

    class Meta:
        db_table = "fact_win_lag"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.opened_on} {self.closed_on}"


class DialCohort(models.Model):
    """What became of one rep's dials of one month, segment and hour of the day: dials → connects → deep talks."""

    pk = models.CompositePrimaryKey("rep_id", "month", "segment_id", "local_hour")
    rep_id = models.BigIntegerField()
    month = models.CharField(max_length=8, help_text="2024-01; from the day on which sales months start, 2024-01+")
    segment_id = models.BigIntegerField(default=0)
    local_hour = models.SmallIntegerField()
    dials = models.IntegerField()
    connects = models.IntegerField()
    talk_seconds = models.BigIntegerField()
    deep_talks = models.IntegerField()

    class Meta:
        db_table = "fact_dial_cohort"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.month} {self.segment_id} {self.local_hour}"


class QualityWindow(models.Model):
    """A rep's padding test over a window; written by a pipeline service through the engine."""

    pk = models.CompositePrimaryKey("rep_id", "window_start", "window_end")
    rep_id = models.BigIntegerField()
    window_start = models.DateField()
    window_end = models.DateField()
    deep_talks = models.PositiveIntegerField()
    excess = models.FloatField()
    q = models.FloatField(null=True, blank=True)
    adjusted = models.FloatField()

    class Meta:
        db_table = "quality_window"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.window_start}"


class ChangedDay(models.Model):
    """A rep's day whose events changed since its facts were counted; written with them, used up by the roll-up.

    The same day may be noted twice: one writer would otherwise wait for the other, and for whoever counts that day.
    """

    rep_id = models.BigIntegerField()
    business_date = models.DateField()

    class Meta:
        db_table = "fact_changed_day"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.business_date}"


class ChangedMonth(models.Model):
    """A rep's month whose days were counted anew and whose monthly facts were not yet; without a month, all of them.

    The same month may be noted twice: whoever counts days would otherwise wait for whoever is counting that month.
    """

    rep_id = models.BigIntegerField()
    month = models.CharField(max_length=8, blank=True)

    class Meta:
        db_table = "fact_changed_month"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.month}"


class LogBuild(models.Model):
    """One row while the facts up to a day come from event logs elsewhere: our own events must not count over them."""

    engine = models.CharField(max_length=16)
    source = models.CharField(max_length=500, help_text="the folder or address of the event logs")
    last_day = models.DateField(help_text="of the logs; later days are counted from our own events")
    definitions = models.JSONField(help_text="thresholds, revenue basis and sales month of that build")
    built_at = models.DateTimeField()

    class Meta:
        db_table = "fact_log_build"

    def __str__(self) -> str:
        return f"{self.engine} {self.source} {self.last_day}"
