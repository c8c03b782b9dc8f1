"""Names of engines, and what is wrong with an index, in words."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_tag
def engine_words(code: str) -> str:
    words = {"tantivy": _("the embedded index"), "elasticsearch": "Elasticsearch", "database": _("the database itself")}
    return words.get(code, code)


@register.simple_tag
def index_problem(problem: str) -> str:
    """By what the engines write (`health`); their own words stand below it."""
    if "no index" in problem:
        return _("There is no index: the worker builds one, or rebuild it here.")
    if "wanted" in problem or "was built by" in problem:
        return _("The index was built by another version of Tuanji: rebuild it.")
    if "Timeout" in problem or "Connection" in problem:
        return _("The search server cannot be reached or answers too late.")
    return _("The index cannot be read: rebuild it.")
