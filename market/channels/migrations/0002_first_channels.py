"""The two channels every installation starts with."""

from django.db import migrations


def create(apps, schema_editor):
    Channel = apps.get_model("channels", "Channel")
    Channel.objects.create(
        code="domestic",
        kind="domestic",
        currency="CNY",
        name_zh="国内",
        name_en="Domestic",
        name_ru="Внутренний рынок",
        gateways=["sandbox", "bank_transfer", "stripe"],
        position=1,
    )
    Channel.objects.create(
        code="export",
        kind="export",
        currency="USD",
        name_zh="出口",
        name_en="Export",
        name_ru="Экспорт",
        gateways=[],
        incoterms=["FCA", "CPT", "CIP", "DAP", "FOB", "CFR", "CIF"],
        position=2,
    )


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
