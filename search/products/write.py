"""Write documents: load the state as it is now, replace what stood there, delete what may no longer be seen."""

import time
from collections.abc import Iterable

from django.db import transaction

from search.products.documents import load_documents
from search.products.models import SearchDocument

_FIELDS = [
    field.name for field in SearchDocument._meta.concrete_fields if field.name not in ("id", "channel", "product_id")
]


def write_products(product_ids: Iterable[int]) -> int:
    """Returns how many documents stand afterwards. Two writers at once: the row with the newer version wins, since a
    version is drawn before the state is loaded."""
    ids = sorted(set(product_ids))
    if not ids:
        return 0
    version = time.time_ns()
    documents = load_documents(ids, version)
    keep = {(document.product_id, document.channel) for document in documents}
    with transaction.atomic():
        standing = SearchDocument.objects.select_for_update().filter(product_id__in=ids).order_by("pk")
        newer: set[tuple[int, str]] = set()
        gone = []
        for row in standing:
            key = (row.product_id, row.channel)
            if row.version > version:
                newer.add(key)
            elif key not in keep:
                gone.append(row.pk)
        if gone:
            SearchDocument.objects.filter(pk__in=gone).delete()
        SearchDocument.objects.bulk_create(
            [d for d in documents if (d.product_id, d.channel) not in newer],
            update_conflicts=True,
            unique_fields=["channel", "product_id"],
            update_fields=_FIELDS,
            batch_size=500,
        )
    return len(documents)
