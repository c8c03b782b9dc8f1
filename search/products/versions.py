from django.db import transaction
from django.db.models import F

from search.products.models import VersionCounter

DOCUMENTS = "documents"


def draw_version() -> int:
    """A number above all drawn before. Draw it after the claim and before the load: of two loads of one product the one
    that drew later saw everything the other saw. (An event's own number would not do: a lower one may commit later.)"""
    with transaction.atomic():
        if not VersionCounter.objects.filter(name=DOCUMENTS).update(value=F("value") + 1):
            VersionCounter.objects.get_or_create(name=DOCUMENTS)
            VersionCounter.objects.filter(name=DOCUMENTS).update(value=F("value") + 1)
        return VersionCounter.objects.values_list("value", flat=True).get(name=DOCUMENTS)
