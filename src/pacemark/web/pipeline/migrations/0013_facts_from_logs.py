from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0012_index_arrivals")]

    operations = [
        migrations.CreateModel(
            name="LogBuild",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("engine", models.CharField(max_length=16)),
                (
                    "source",
                    models.CharField(help_text="the folder or address of the event logs", max_length=500),
                ),
                (
                    "last_day",
                    models.DateField(help_text="of the logs; later days are counted from our own events"),
                ),
                (
                    "definitions",
                    models.JSONField(help_text="thresholds, revenue basis and sales month of that build"),
                ),
                ("built_at", models.DateTimeField()),
            ],
            options={"db_table": "fact_log_build"},
        ),
    ]
