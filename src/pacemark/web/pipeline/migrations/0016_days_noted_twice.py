"""A day or month may be noted twice, so that no writer waits for another or for whoever counts."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0015_index_duplicates_alone")]

    operations = [
        migrations.RemoveConstraint(model_name="changedday", name="changed_day_once"),
        migrations.RemoveConstraint(model_name="changedmonth", name="changed_month_once"),
    ]
