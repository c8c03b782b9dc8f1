"""The least each kind of request can cost in Django: the views the real paths are held against."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone

from bench.models import Note, Product, Row


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def list_rows(request: HttpRequest) -> JsonResponse:
    rows = Row._default_manager.filter(channel="domestic").order_by("-product_id")[:24]
    return JsonResponse(
        {
            "items": [
                {
                    "id": row.product_id,
                    "name": row.name,
                    "price": row.price,
                    "thumbnail_url": row.thumbnail_url,
                    "seller": row.seller,
                }
                for row in rows
            ]
        }
    )


def one_row(request: HttpRequest, key: int) -> JsonResponse:
    row = Product._default_manager.get(pk=key)
    return JsonResponse({"id": row.pk, "name": row.name_zh, "grade": row.grade, "hs_code": row.hs_code})


def insert(request: HttpRequest) -> JsonResponse:
    note = Note._default_manager.create(text="one row", number=1, at=timezone.now())
    return JsonResponse({"id": note.pk})


urlpatterns = [
    path("healthz", hello),
    path("hello", hello),
    path("list", list_rows),
    path("detail/<int:key>", one_row),
    path("insert", insert),
]
