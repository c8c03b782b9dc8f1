"""What pages are made of, loaded before anybody asks for one."""

from decimal import Decimal

from django.template.loader import get_template
from django.urls import get_resolver, reverse
from django.utils import translation

from market.common.languages import LANGUAGES
from market.common.money import format_amount


def load_pages() -> None:
    """Views, tags, and in each language addresses and how numbers are written: without it the first page in a language
    would load them, 8 MiB into each worker for itself."""
    get_resolver().url_patterns  # noqa: B018 - read for what it imports
    get_template("storefront/home.html")
    for language in LANGUAGES:
        with translation.override(language):
            reverse("storefront:home")
        format_amount(Decimal(1), "CNY", language)
