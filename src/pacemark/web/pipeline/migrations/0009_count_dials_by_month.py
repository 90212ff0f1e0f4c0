"""Dials by segment and hour are kept per month; rep-days count the calls themselves. See decision 0012."""

from django.db import migrations, models

from pacemark.web.pipeline.months_layout import months_index

DROPPED = ("call_dials", "call_hours", "call_rep_day")
# All that a day's numbers are counted from, in the order in which they are counted.
DAYS = {
    "sqlite": "(rep_id, business_date, lead_id, talk_seconds, answered, direction)",
    "postgresql": "(rep_id, business_date)",
}


def lay_out(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for name in DROPPED:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")
    schema_editor.execute(f"CREATE INDEX call_days ON pipeline_call {DAYS[vendor]}")
    if vendor == "sqlite":
        schema_editor.execute(months_index(1))
        _store_in_key_order(schema_editor, "fact_dial_cohort")


def _store_in_key_order(schema_editor, table):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        (create_table,) = cursor.fetchone()
    schema_editor.execute(f"DROP TABLE {table}")
    schema_editor.execute(f"{create_table} WITHOUT ROWID")


def ask_for_the_months(apps, schema_editor):
    """Where calls have been counted before, let the next roll-up count them by month."""
    if apps.get_model("pipeline", "RepDay").objects.exists():
        apps.get_model("pipeline", "ChangedMonth").objects.create(rep_id=0, month="")


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0008_holdings")]

    operations = [
        migrations.DeleteModel(name="CallCohort"),
        migrations.DeleteModel(name="RepHour"),
        migrations.CreateModel(
            name="DialCohort",
            fields=[
                ("pk", models.CompositePrimaryKey("rep_id", "month", "segment_id", "local_hour", blank=True, editable=False, primary_key=True, serialize=False)),
                ("rep_id", models.BigIntegerField()),
                ("month", models.CharField(help_text="2024-01; from the day on which sales months start, 2024-01+", max_length=8)),
                ("segment_id", models.BigIntegerField(default=0)),
                ("local_hour", models.SmallIntegerField()),
                ("dials", models.IntegerField()),
                ("connects", models.IntegerField()),
                ("talk_seconds", models.BigIntegerField()),
                ("deep_talks", models.IntegerField()),
            ],
            options={"db_table": "fact_dial_cohort"},
        ),
        migrations.CreateModel(
            name="ChangedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rep_id", models.BigIntegerField()),
                ("month", models.CharField(blank=True, max_length=8)),
            ],
            options={
                "db_table": "fact_changed_month",
                "constraints": [models.UniqueConstraint(fields=("rep_id", "month"), name="changed_month_once")],
            },
        ),
        migrations.RunPython(lay_out, migrations.RunPython.noop),
        migrations.RunPython(ask_for_the_months, migrations.RunPython.noop),
    ]
