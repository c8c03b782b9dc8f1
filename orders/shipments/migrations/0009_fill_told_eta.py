from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    """Until now one column held both; where an event gives a better one, the next news of the shipment says so."""
    Shipment = apps.get_model("shipments", "Shipment")
    Shipment.objects.filter(eta_as_of__isnull=False, eta_told="").update(eta_told=F("eta"))


class Migration(migrations.Migration):
    dependencies = [("shipments", "0008_told_apart")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
