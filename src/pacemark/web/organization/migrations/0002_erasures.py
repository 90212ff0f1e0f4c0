from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organization", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="rep",
            name="erased_at",
            field=models.DateTimeField(blank=True, help_text="name and number were cleared", null=True),
        ),
        migrations.CreateModel(
            name="ErasureKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_sealed", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="ErasedLabel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "rep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erased_labels",
                        to="organization.rep",
                    ),
                ),
            ],
        ),
    ]
