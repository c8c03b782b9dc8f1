"""The least each kind of request can cost: the views the real paths are held against."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


def list_rows(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name_zh, name_en FROM products_product ORDER BY id DESC LIMIT 24")
        rows = [{"id": row[0], "name_zh": row[1], "name_en": row[2]} for row in cursor.fetchall()]
    return JsonResponse({"items": rows})


def one_row(request: HttpRequest, key: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name_zh FROM products_product WHERE id = %s", [key])
        row = cursor.fetchone()
    return JsonResponse({"id": row[0], "name_zh": row[1]})


urlpatterns = [
    path("floor/hello", hello),
    path("floor/list", list_rows),
    path("floor/detail/<int:key>", one_row),
]
