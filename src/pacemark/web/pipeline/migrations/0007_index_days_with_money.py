from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0006_loosen_call_keys")]

    operations = [
        migrations.AddIndex(
            model_name="repday",
            index=models.Index(
                condition=Q(revenue_minor__gt=0) | Q(refunds_minor__gt=0),
                fields=["business_date", "rep_id", "revenue_minor", "refunds_minor"],
                name="rep_day_with_money",
            ),
        ),
    ]
