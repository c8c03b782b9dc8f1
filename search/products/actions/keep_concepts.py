"""Officers teach search which names mean the same thing. Searches take it up within a minute, without a new index."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.common.languages import EN, LANGUAGES, RU, ZH
from search.analysis.concepts import query_words
from search.products.dictionary import entry_named
from search.products.models import Concept, ConceptName
from search.products.words import forget_words

MAX_NAME, MAX_NAMES = 80, 40
_HAN, _CYRILLIC = re.compile(r"[㐀-鿿]"), re.compile(r"[а-яё]", re.IGNORECASE)


def language_of(text: str) -> str:
    """By its script; nobody has to say it of every word of a report."""
    return ZH if _HAN.search(text) else RU if _CYRILLIC.search(text) else EN


def add_to_concept(text: str, *, same_as: str, by: User, now: datetime) -> Concept:
    """`text` becomes one more name of the concept that has the name `same_as`: of the built-in entry, which is copied
    for it, or of another officers' concept; where none has it, the two of them are a new one. Twice changes nothing.
    Raises InvalidInput."""
    text, same_as = _clean(text, "text"), _clean(same_as, "same_as")
    if text.casefold() == same_as.casefold():
        raise InvalidInput(fields={"same_as": _("a name is the same as itself: write another one")})
    with transaction.atomic():
        concept = Concept.objects.select_for_update().get(pk=_named(same_as).pk)
        for name in (same_as, text):
            if not concept.names.filter(text__iexact=name).exists():
                concept.names.create(language=language_of(name), text=name)
        concept.is_active = True
        concept.save()
        _record(concept, by=by, now=now, added=text, same_as=same_as)
    forget_words()
    return concept


def _named(name: str) -> Concept:
    """An officers' concept before the dictionary: whoever has changed an entry decided what it is called."""
    known = ConceptName.objects.filter(text__iexact=name).order_by("-concept__code", "concept_id").first()
    if known is not None and known.concept.code:
        return known.concept
    entry = entry_named(name)
    if entry is not None and not Concept.objects.filter(code=entry.code).exists():
        concept, is_new = Concept.objects.get_or_create(code=entry.code, defaults={"kind": entry.kind})
        if is_new:
            ConceptName.objects.bulk_create(
                [ConceptName(concept=concept, language=language, text=text) for language, text in entry.names]
            )
        return concept
    return known.concept if known is not None else Concept.objects.create()


def write_concept(
    concept: Concept | None,
    *,
    code: str = "",
    kind: str,
    names: Mapping[str, Sequence[str]],
    note: str = "",
    is_active: bool = True,
    by: User,
    now: datetime,
) -> Concept:
    """The whole concept as it shall be; `names` by language. A new one with the `code` of a built-in entry stands in
    that entry's place. Raises InvalidInput for fewer than two names or for a name that search cannot read."""
    wanted = _wanted(names)
    if kind not in Concept.Kind.values:
        raise InvalidInput(fields={"kind": _("unknown kind")})
    try:
        with transaction.atomic():
            concept = Concept.objects.create(code=code) if concept is None else concept
            concept = Concept.objects.select_for_update().get(pk=concept.pk)
            concept.kind, concept.note, concept.is_active = kind, note.strip()[:200], is_active
            concept.save()
            concept.names.exclude(text__in=wanted).delete()
            kept = {name.text: name for name in concept.names.all()}
            for text, language in wanted.items():
                if text not in kept:
                    concept.names.create(language=language, text=text)
                elif kept[text].language != language:
                    ConceptName.objects.filter(pk=kept[text].pk).update(language=language)
            _record(concept, by=by, now=now, names=list(wanted), active=is_active)
    except IntegrityError as error:
        raise InvalidInput(fields={"names": _("a name stands there twice")}) from error
    forget_words()
    return concept


def _wanted(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for language in LANGUAGES:
        for text in names.get(language, ()):
            if text.strip():
                wanted.setdefault(_clean(text, f"names_{language}"), language)
    if len(wanted) < 2:
        raise InvalidInput(fields={"names": _("a concept needs two names at least: what is the same as what?")})
    if len(wanted) > MAX_NAMES:
        raise InvalidInput(fields={"names": _("too many names for one thing: true equals only")})
    return wanted


def _clean(text: str, field: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    if not text or len(text) > MAX_NAME or not query_words(text):
        raise InvalidInput(fields={field: _("a name has letters or characters, and 80 of them at most")})
    return text


def _record(concept: Concept, *, by: User, now: datetime, **details: object) -> None:
    record_act(actor=by, action="search.concept", subject_kind="concept", subject_id=concept.pk, now=now, **details)
