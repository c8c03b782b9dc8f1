"""Names of engines, and what is wrong with an index, in words."""

from django import template
from django.utils.translation import gettext as _

from search.engines.base import BROKEN
from search.products.advice import WORDS

register = template.Library()


@register.simple_tag
def engine_words(code: str) -> str:
    words = {"tantivy": _("the embedded index"), "elasticsearch": "Elasticsearch", "database": _("the database itself")}
    return words.get(code, code)


@register.simple_tag
def index_problem(cause: str) -> str:
    """By the cause the engine tells (`Health.cause`); its own words stand below."""
    return str(WORDS.get(cause, WORDS[BROKEN]))
