"""Keep what the four causes of everybody's months came to."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("organization", "0001_initial"),
        ("process", "0002_quality_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="RepCauses",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_day", models.DateField(help_text="of the sales month")),
                ("last_day", models.DateField(help_text="what has been counted up to")),
                (
                    "is_setter",
                    models.BooleanField(
                        default=False, help_text="its money is what opportunities are worth, not booked"
                    ),
                ),
                (
                    "target_minor",
                    models.BigIntegerField(help_text="due by then; empty where no plan stands", null=True),
                ),
                ("actual_minor", models.BigIntegerField()),
                ("goal_minor", models.BigIntegerField(default=0)),
                ("execution_minor", models.BigIntegerField(default=0)),
                ("ability_minor", models.BigIntegerField(default=0)),
                ("luck_minor", models.BigIntegerField(default=0)),
                (
                    "detail",
                    models.JSONField(help_text="factors of plan and period, parts, and each stage with its verdict"),
                ),
                ("counted_at", models.DateTimeField()),
                (
                    "rep",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="causes", to="organization.rep"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["first_day", "rep"], name="rep_causes_month")],
                "constraints": [
                    models.UniqueConstraint(fields=("rep", "first_day"), name="rep_causes_once_a_month"),
                    models.CheckConstraint(
                        condition=Q(target_minor__isnull=True)
                        | Q(
                            actual_minor=F("target_minor")
                            + F("goal_minor")
                            + F("execution_minor")
                            + F("ability_minor")
                            + F("luck_minor")
                        ),
                        name="rep_causes_add_up",
                    ),
                ],
            },
        ),
    ]
