from django.db import migrations
from django.db.models import Max, OuterRef, Subquery


def fill(apps, schema_editor):
    """What was last heard of each shipment, or all of them would be raised as silent at once."""
    Shipment, Event = apps.get_model("shipments", "Shipment"), apps.get_model("shipments", "TrackingEvent")
    newest = Event.objects.filter(shipment=OuterRef("pk")).order_by().values("shipment").annotate(at=Max("received_at"))
    Shipment.objects.filter(heard_at__isnull=True).update(heard_at=Subquery(newest.values("at")))


class Migration(migrations.Migration):
    dependencies = [("shipments", "0004_heard")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
