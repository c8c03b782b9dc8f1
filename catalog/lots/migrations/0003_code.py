from django.db import migrations, models

import catalog.lots.models


def give_codes(apps, schema_editor):
    lots = apps.get_model("lots", "HarvestLot").objects
    while batch := list(lots.filter(code=None).order_by("pk")[:1000]):
        for lot in batch:
            lot.code = catalog.lots.models.new_lot_code()
        lots.bulk_update(batch, ["code"])


class Migration(migrations.Migration):
    dependencies = [("lots", "0002_quarantine")]

    operations = [
        migrations.AddField(
            model_name="harvestlot",
            name="code",
            field=models.CharField(
                help_text="of its public page; nobody can guess it", max_length=12, null=True, unique=True
            ),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="harvestlot",
            name="code",
            field=models.CharField(
                default=catalog.lots.models.new_lot_code,
                help_text="of its public page; nobody can guess it",
                max_length=12,
                null=True,
                unique=True,
            ),
        ),
    ]
