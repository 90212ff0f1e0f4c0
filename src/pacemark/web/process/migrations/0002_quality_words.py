from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("process", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="qualityitem",
            name="word",
            field=models.CharField(blank=True, default="", help_text="what the rep says about it", max_length=500),
        ),
        migrations.AddField(
            model_name="qualityitem", name="word_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="tolerance",
            name="burst_gap_seconds",
            field=models.PositiveSmallIntegerField(default=20, help_text="from one dial of a run to the next"),
        ),
    ]
