"""Nearly no lead is a duplicate: an index of all of them is wide, and SQLite took it for "not a duplicate"."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

NEW_INDEX = "lead_duplicates"


def drop_wide_index(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "pipeline_lead")
    for name, told in found.items():
        if told["index"] and told["columns"] == ["duplicate_of_id"] and name != NEW_INDEX:
            schema_editor.execute(f'DROP INDEX "{name}"')


def put_back(apps, schema_editor):
    schema_editor.execute("CREATE INDEX pipeline_lead_duplicate_of_id ON pipeline_lead (duplicate_of_id)")


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0014_erasures")]

    operations = [
        # The new one first: building it lets others read, and dropping the old one then takes a moment.
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(condition=Q(duplicate_of__isnull=False), fields=["duplicate_of"], name=NEW_INDEX),
        ),
        # Django would write the whole table anew on SQLite, and check every key again on PostgreSQL.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_wide_index, put_back)],
            state_operations=[
                migrations.AlterField(
                    model_name="lead",
                    name="duplicate_of",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="the live lead of the same phone; this one is kept as a record",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="duplicates",
                        to="pipeline.lead",
                    ),
                ),
            ],
        ),
    ]
