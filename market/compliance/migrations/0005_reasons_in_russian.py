"""The sentences of the first rule set in Russian. A translation changes no rule and so not the set's hash."""

import json
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def fill(apps, schema_editor):
    TradeRule = apps.get_model("compliance", "TradeRule")
    for code, text in json.loads((DATA / "reasons_ru.json").read_text(encoding="utf-8")).items():
        TradeRule.objects.filter(rule_set__version="seed-1", code=code, reason_ru="").update(reason_ru=text)


class Migration(migrations.Migration):
    dependencies = [("compliance", "0004_russian_reasons_and_ownership")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
