from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0011_let_owners_leave")]

    operations = [
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                condition=Q(duplicate_of__isnull=True), fields=["arrived_on", "segment"], name="lead_arrivals"
            ),
        ),
    ]
