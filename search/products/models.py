"""One row per product and channel with everything a list shows: the lists' single statement, and the last resort of
search when its engine is away. Kept by the outbox, never by hand."""

from django.db import models

from market.common.fields import AmountField, QuantityField


class SearchDocument(models.Model):
    """Plain numbers instead of keys: the row outlives what it describes by a second or two."""

    product_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    enterprise_id = models.BigIntegerField()
    name_zh = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    name_ru = models.CharField(max_length=200, blank=True)
    slug = models.CharField(max_length=220)
    category_slug = models.CharField(max_length=60)
    category_path = models.CharField(max_length=200)
    origin_code = models.CharField(max_length=20)
    origin_path = models.CharField(max_length=200)
    origin_zh = models.CharField(max_length=200)
    origin_en = models.CharField(max_length=200, blank=True)
    origin_ru = models.CharField(max_length=200, blank=True)
    seller_number = models.CharField(max_length=20)
    seller_zh = models.CharField(max_length=200)
    seller_en = models.CharField(max_length=200, blank=True)
    seller_ru = models.CharField(max_length=200, blank=True)
    grade = models.CharField(max_length=10)
    season_months = models.CharField(max_length=40, help_text="` 9 10 `: numbers between blanks; ` 0 ` all year")
    currency = models.CharField(max_length=3)
    price = AmountField(help_text="of one unit, first step of the cheapest packing by kg")
    price_per_kg = AmountField()
    unit = models.CharField(max_length=3)
    net_kg = QuantityField()
    moq = QuantityField()
    thumbnail_url = models.CharField(max_length=300, blank=True)
    in_stock = models.BooleanField()
    words = models.TextField(help_text="analysed tokens of names and texts, between blanks")
    published_at = models.DateTimeField()
    version = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "product_id"], name="search_document_once")]
        indexes = [
            models.Index(fields=["channel", "-product_id"], name="search_document_newest"),
            models.Index(fields=["channel", "price_per_kg", "product_id"], name="search_document_price"),
            models.Index(fields=["channel", "category_path"], name="search_document_category"),
            models.Index(fields=["product_id"], name="search_document_product"),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.channel})"
