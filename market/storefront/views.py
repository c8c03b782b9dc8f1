"""Buyers' pages."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.products.models import Category


def root(request: HttpRequest) -> HttpResponse:
    """To the home page in the language of cookie or Accept-Language."""
    return redirect("storefront:home")


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/home.html", {"categories": Category.objects.filter(parent=None)})
