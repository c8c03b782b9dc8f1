"""The seed rules as the first live rule set, and the HS codes. Rows without counsel's review bar, they never open."""

import csv
import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).resolve().parent.parent / "data"


def day(text):
    return date.fromisoformat(text) if text else None


def load(apps, schema_editor):
    raw = (DATA / "rules_seed.json").read_bytes()
    rule_set = apps.get_model("compliance", "RuleSet").objects.create(
        version="seed-1",
        published_at=datetime(2026, 11, 24, tzinfo=UTC),
        hash=hashlib.sha256(raw).hexdigest(),
    )
    TradeRule = apps.get_model("compliance", "TradeRule")
    TradeRule.objects.bulk_create(
        TradeRule(
            rule_set=rule_set,
            code=row["id"],
            jurisdiction=row["jurisdiction"],
            title=row["title"],
            citation=row["citation"],
            effective_from=day(row["effective_from"]),
            effective_to=day(row["effective_to"]),
            date_basis=row["date_basis"],
            match=row["match"],
            effect=row["effect"],
            evidence_required=row["evidence_required"],
            override=row["override"],
            stages=row["stages"],
            reason_zh=row["reason_zh"],
            reason_en=row["reason_en"],
            sources=row["sources"],
            confidence=row["confidence"],
            checked_on=day(row["checked_on"]),
        )
        for row in json.loads(raw)["rules"]
    )
    HsCode = apps.get_model("compliance", "HsCode")
    with (DATA / "hs2022_agri_subset.csv").open(encoding="utf-8", newline="") as file:
        HsCode.objects.bulk_create(
            [HsCode(code=row["hscode"], text_en=row["description"]) for row in csv.DictReader(file)], batch_size=500
        )


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
