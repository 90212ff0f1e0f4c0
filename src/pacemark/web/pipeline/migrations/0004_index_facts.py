"""How facts and the calls they are counted from lie on disk. The numbers are the same without any of this."""

from django.db import migrations

FACT_TABLES = ("fact_rep_day", "fact_call_cohort", "fact_opportunity_cohort", "fact_win_lag", "fact_rep_hour")

# What a rebuild reads of ten million calls must lie together, and in the order it is counted in: else SQLite fetches every
# row from its own place and sorts them anew. Each index therefore holds all columns that its query names.
MONTH = "SUBSTR(CAST(business_date AS VARCHAR(10)), 1, 7)"
SQLITE_INDEXES = (
    "CREATE INDEX call_dials ON pipeline_call"
    " (rep_id, business_date, segment_id, answered, talk_seconds, direction) WHERE direction = 1",
    f"CREATE INDEX call_hours ON pipeline_call"
    f" (rep_id, {MONTH}, local_hour, answered, talk_seconds, direction, business_date) WHERE direction = 1",
)
INDEXES = (
    "CREATE INDEX call_rep_day ON pipeline_call (rep_id, business_date, lead_id, direction)",
    "CREATE INDEX opportunity_sourced_day ON pipeline_opportunity (sourced_by_id, sourced_on)",
    "CREATE INDEX opportunity_opened_on ON pipeline_opportunity (opened_on)",
)
DROPPED = ("call_dials", "call_hours", "call_rep_day", "opportunity_sourced_day", "opportunity_opened_on")


def lay_out(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in (*INDEXES, *(SQLITE_INDEXES if is_sqlite else ())):
        schema_editor.execute(statement)
    if is_sqlite:
        for table in FACT_TABLES:
            _store_in_key_order(schema_editor, table)


def _store_in_key_order(schema_editor, table):
    """Make a fact table its own primary key's tree: half the size, and written once instead of twice."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC", [table])
        create_table, *create_indexes = [row[0] for row in cursor.fetchall()]
    schema_editor.execute(f"DROP TABLE {table}")
    for statement in (f"{create_table} WITHOUT ROWID", *create_indexes):
        schema_editor.execute(statement)


def take_back(apps, schema_editor):
    for name in DROPPED:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_shape_facts")]

    operations = [migrations.RunPython(lay_out, take_back)]
