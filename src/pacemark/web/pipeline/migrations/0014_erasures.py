from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0013_facts_from_logs")]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="erased_at",
            field=models.DateTimeField(blank=True, help_text="personal values were cleared, and stay so", null=True),
        ),
        migrations.AlterField(
            model_name="holding",
            name="ended_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("returned", "Returned by hand"),
                    ("recycled", "Recycled by the clock"),
                    ("transferred", "Transferred"),
                    ("won", "Won"),
                    ("imported", "By an import"),
                    ("left", "Its owner left"),
                    ("erased", "The customer was erased"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="ErasedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("erased_at", models.DateTimeField()),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erased_numbers",
                        to="pipeline.lead",
                    ),
                ),
            ],
        ),
    ]
