"""A process that writes to the index all the time, as an import does: fifty products, again and again."""

from itertools import cycle


def main() -> None:
    import django

    django.setup()
    from catalog.products.models import Product
    from search.products.write import write_products

    ids = list(Product.objects.published().order_by("pk").values_list("pk", flat=True)[:5_000])
    for start in cycle(range(0, len(ids), 50)):
        write_products(ids[start : start + 50])


if __name__ == "__main__":
    main()
