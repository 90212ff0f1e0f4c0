"""The ids of calls are joined from the tables they point to; checking each of them again triples a bulk load."""

import django.db.models.deletion
from django.db import migrations, models


def drop_constraints(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return  # SQLite checks only where it is told to, and imports tell it not to
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'pipeline_call'::regclass AND contype = 'f'"
        )
        names = [row[0] for row in cursor.fetchall()]
    for name in names:
        schema_editor.execute(f'ALTER TABLE pipeline_call DROP CONSTRAINT "{name}"')


def key(to, on_delete):
    is_optional = {} if to == "pipeline.source" else {"blank": True, "null": True}
    return models.ForeignKey(db_constraint=False, db_index=False, on_delete=on_delete, to=to, **is_optional)


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0005_add_monthly_totals")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop_constraints, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("call", "source", key("pipeline.source", django.db.models.deletion.PROTECT)),
                migrations.AlterField("call", "lead", key("pipeline.lead", django.db.models.deletion.SET_NULL)),
                migrations.AlterField("call", "segment", key("pipeline.segment", django.db.models.deletion.PROTECT)),
                migrations.AlterField("call", "rep", key("organization.rep", django.db.models.deletion.SET_NULL)),
            ],
        )
    ]
