"""Tables as a floor sees them: the real ones, unmanaged, and one of its own to insert into."""

from django.db import models


class Row(models.Model):
    """The list's row, as an ordinary project would have it."""

    product_id = models.BigIntegerField()
    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    seller = models.CharField(max_length=200)
    price = models.BigIntegerField()
    thumbnail_url = models.CharField(max_length=300)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_row"

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    name_zh = models.CharField(max_length=200)
    grade = models.CharField(max_length=10)
    hs_code = models.CharField(max_length=10)

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "products_product"

    def __str__(self) -> str:
        return self.name_zh


class Note(models.Model):
    text = models.CharField(max_length=200)
    number = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = "bench_note"

    def __str__(self) -> str:
        return self.text
