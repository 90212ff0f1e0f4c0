"""Facts: what pages read. Rebuilt from events at any time; rep 0 and team 0 mean unassigned."""

from __future__ import annotations

from django.db import models

from pacemark.web.pipeline.choices import Stage


class RepDay(models.Model):
    """One rep on one business date, with the team of that day."""

    pk = models.CompositePrimaryKey("rep_id", "business_date")
    rep_id = models.BigIntegerField()
    business_date = models.DateField()
    team_id = models.BigIntegerField(default=0)
    dials = models.PositiveIntegerField(default=0)
    distinct_leads_dialled = models.PositiveIntegerField(default=0)
    connects = models.PositiveIntegerField(default=0)
    effective_dials = models.PositiveIntegerField(default=0)
    talk_seconds = models.PositiveBigIntegerField(default=0)
    deep_talks = models.PositiveIntegerField(default=0)
    opportunities = models.PositiveIntegerField(default=0, help_text="owned, by the day they opened")
    opportunities_sourced = models.PositiveIntegerField(default=0, help_text="by the day of the deep talk")
    pipeline_minor = models.BigIntegerField(default=0, help_text="expected amount of opportunities opened that day")
    deals = models.PositiveIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0, help_text="won amount, refunds not yet taken off")
    refunds_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "fact_rep_day"
        indexes = [models.Index(fields=["business_date", "rep_id"], name="rep_day_by_date")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.business_date}"


class Cohort(models.Model):
    """Trials of one rep, day, stage and segment, and how many of them succeeded so far; one success per trial."""

    pk = models.CompositePrimaryKey("rep_id", "trial_on", "stage", "segment_id")
    rep_id = models.BigIntegerField()
    trial_on = models.DateField()
    stage = models.PositiveSmallIntegerField(choices=Stage.choices)
    segment_id = models.BigIntegerField(default=0)
    trials = models.PositiveIntegerField()
    successes = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_cohort"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.trial_on} {self.stage}"


class WinLag(models.Model):
    """Wins of one owner by the day the opportunity opened and the day it closed: lag curves, and what was known when."""

    pk = models.CompositePrimaryKey("rep_id", "opened_on", "closed_on", "segment_id")
    rep_id = models.BigIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField()
    segment_id = models.BigIntegerField(default=0)
    won = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_win_lag"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.opened_on} {self.closed_on}"


class RepHour(models.Model):
    """One rep in one hour of the day, summed over a calendar month."""

    pk = models.CompositePrimaryKey("rep_id", "month_start", "local_hour")
    rep_id = models.BigIntegerField()
    month_start = models.DateField()
    local_hour = models.PositiveSmallIntegerField()
    dials = models.PositiveIntegerField()
    connects = models.PositiveIntegerField()
    talk_seconds = models.PositiveBigIntegerField()
    deep_talks = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_rep_hour"

    def __str__(self) -> str:
        return f"{self.rep_id} {self.month_start} {self.local_hour}"


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
    """A rep's day whose events changed since its facts were written; written with the events, consumed by the roll-up."""

    rep_id = models.BigIntegerField()
    business_date = models.DateField()

    class Meta:
        db_table = "fact_changed_day"
        constraints = [models.UniqueConstraint(fields=["rep_id", "business_date"], name="changed_day_once")]

    def __str__(self) -> str:
        return f"{self.rep_id} {self.business_date}"
