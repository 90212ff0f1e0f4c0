"""What looks have cleared takes nothing off deep talks any more: for those decided before windows knew it."""

from __future__ import annotations

from django.db import migrations
from django.db.models import F


def clear(apps, schema_editor):
    items = apps.get_model("process", "QualityItem").objects.filter(kind="padding", state__in=("explained", "dismissed"))
    windows = apps.get_model("pipeline", "QualityWindow").objects
    for rep_id, last_day in items.values_list("rep_id", "last_day"):
        windows.filter(rep_id=rep_id, window_end=last_day).update(adjusted=F("deep_talks"))


class Migration(migrations.Migration):
    dependencies = [("process", "0003_keep_causes"), ("pipeline", "0014_erasures")]
    operations = [migrations.RunPython(clear, migrations.RunPython.noop, elidable=True)]
