"""The three languages: codes, Babel locales, names of reference rows."""

import re
from collections.abc import Iterable
from functools import lru_cache

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

ZH, EN, RU = "zh-hans", "en", "ru"
LANGUAGES = (ZH, EN, RU)
_BABEL = {ZH: "zh_Hans", EN: "en", RU: "ru"}
_COLUMN = {ZH: "zh", EN: "en", RU: "ru"}
_PREFIX = re.compile(rf"^/(?:{'|'.join(LANGUAGES)})(?=[/?]|$)")
HTML_LANG = {ZH: "zh-Hans", EN: "en", RU: "ru"}
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


def active_language() -> str:
    """The language of this request, one of LANGUAGES."""
    return normal_language(get_language() or ZH)


@lru_cache(maxsize=100)
def normal_language(code: str) -> str:
    """`zh`, `zh-CN`, `EN-gb` and the like to one of LANGUAGES; unknown ones to Chinese."""
    short = code.lower().split("-")[0]
    return {"en": EN, "ru": RU}.get(short, ZH)


def has_chinese(text: str) -> bool:
    """Whether any of it is written in Chinese characters."""
    return _HAN.search(text) is not None


def babel_locale(language: str) -> str:
    return _BABEL[normal_language(language)]


def in_language(path: str, language: str) -> str:
    """The address of the same page in another language. One that names no language is the same in all."""
    return _PREFIX.sub(f"/{language}", path)


def column(field: str, language: str) -> str:
    """`column("name", "zh-hans")` is `name_zh`."""
    return f"{field}_{_COLUMN[normal_language(language)]}"


def listed(words: Iterable[object]) -> str:
    """`a, b` or `a、b`: names beside each other in one sentence of the active language."""
    return ("、" if active_language() == ZH else ", ").join(map(str, words))


def clauses(sentences: Iterable[object]) -> str:
    """`a; b` or `a；b`: short sentences in a row."""
    return ("；" if active_language() == ZH else "; ").join(map(str, sentences))


class NamedRow(models.Model):
    """A row with a name in three languages; Chinese is always filled, the others fall back to it."""

    name_zh = models.CharField(_("name in Chinese"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200, blank=True)
    name_ru = models.CharField(_("name in Russian"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_in(active_language())

    def name_in(self, language: str) -> str:
        return str(getattr(self, column("name", language)) or self.name_zh)
