"""A lead's source is looked up or made as it is written; checking it again row by row delays the end of an import."""

import django.db.models.deletion
from django.db import migrations, models

FIND = """
SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum]
WHERE c.conrelid = 'pipeline_lead'::regclass AND c.contype = 'f' AND a.attname = 'source_id'
"""


def drop_constraint(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite checks only where it is told to, and imports tell it not to
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FIND)
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f'ALTER TABLE pipeline_lead DROP CONSTRAINT "{name}"')


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0016_days_noted_twice")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_constraint, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField(
                    "lead",
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="pipeline.source",
                    ),
                ),
            ],
        )
    ]
