from typing import Any

from django.core.management.base import BaseCommand

from catalog.products.models import Product
from search.products.models import SearchDocument
from search.products.write import write_products

PAGE = 500


class Command(BaseCommand):
    help = "Write every product's document afresh; searches go on meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        last, written = 0, 0
        while ids := list(Product.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PAGE]):
            written += write_products(ids)
            last = ids[-1]
        known = Product.objects.values_list("pk", flat=True)
        stray, _ = SearchDocument.objects.exclude(product_id__in=known).delete()
        self.stdout.write(f"{written} documents written, {stray} strays removed")
