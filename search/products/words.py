"""What a search knows about words: concepts (the built-in dictionary and officers' rows) and the titles' vocabulary,
and what somebody may be about to type. Kept in memory and looked at again once a minute."""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from django.db.models import Count, Max, QuerySet

from search.analysis.concepts import Concept as Meaning
from search.analysis.concepts import Concepts, built_in_concepts
from search.analysis.dictionary import built_in
from search.analysis.version import analysis_version
from search.products.models import Concept, SavedWords
from search.query.suggest import StaleSuggestions, Suggestions
from search.query.vocabulary import StaleVocabulary, Vocabulary, VocabularyBuilder

LOOK_SECONDS = 60.0
VOCABULARY, SUGGESTIONS = SavedWords.Kind.VOCABULARY, SavedWords.Kind.SUGGESTIONS
Value = TypeVar("Value")
Stamp = tuple[object, ...]


class Kept(Generic[Value]):
    """A value that is made anew when its stamp has changed; the stamp is asked for once a minute, by one thread."""

    def __init__(self, stamp: Callable[[], Stamp], make: Callable[[], Value]) -> None:
        self._stamp, self._make = stamp, make
        self._mutex = threading.Lock()
        self._value: Value | None = None
        self._known: Stamp = ()
        self._until = 0.0

    def get(self) -> Value:
        value = self._value
        if value is not None and (time.monotonic() < self._until or not self._mutex.acquire(blocking=False)):
            return value
        if value is None:
            self._mutex.acquire()
        try:
            stamp = self._stamp()
            if self._value is None or stamp != self._known:
                self._value, self._known = self._make(), stamp
            self._until = time.monotonic() + LOOK_SECONDS
            return self._value
        finally:
            self._mutex.release()

    def forget(self) -> None:
        self._value, self._until = None, 0.0


def search_concepts() -> Concepts:
    return _concepts.get()


def search_vocabulary() -> Vocabulary:
    return _vocabulary.get()


def search_suggestions() -> Suggestions:
    return _suggestions.get()


def forget_words() -> None:
    """The next search looks again."""
    for kept in (_concepts, _vocabulary, _suggestions):
        kept.forget()


# ---------------------------------------------------------------------- concepts


def _concepts_stamp() -> Stamp:
    found = Concept.objects.aggregate(last=Max("updated_at"), names=Count("names"))
    return found["last"], found["names"]


def _make_concepts() -> Concepts:
    """An officers' concept with the code of a built-in entry stands in its place, or switches it off. What only leads
    to the entry goes on leading there."""
    rows = list(Concept.objects.prefetch_related("names").order_by("pk"))
    if not rows:
        return built_in_concepts()
    entries = {entry.code: entry for entry in built_in()}
    own = []
    for row in rows:
        names = tuple((name.language, name.text) for name in row.names.all())
        entry = entries.pop(row.code, None)
        if row.is_active:
            own.append(Meaning(row.code or f"own-{row.pk}", row.kind, names, entry.asked if entry else ()))
    return Concepts([*(Meaning(e.code, e.kind, e.names, e.asked) for e in entries.values()), *own])


# ---------------------------------------------------------------------- vocabulary and suggestions


def _stamp_of(kind: str) -> Stamp:
    return tuple(_saved(kind).values_list("built_at", flat=True)[:1])


def _saved(kind: str) -> QuerySet[SavedWords]:
    return SavedWords.objects.filter(kind=kind, version=analysis_version())


def _load_vocabulary() -> Vocabulary:
    try:
        return _load(VOCABULARY, Vocabulary.load)
    except StaleVocabulary:
        return VocabularyBuilder().build(search_concepts().spellings())


def _load_suggestions() -> Suggestions:
    try:
        return _load(SUGGESTIONS, Suggestions.load)
    except StaleSuggestions:
        return Suggestions(())


def _load(kind: str, load: Callable[[Path, str], Value]) -> Value:
    """The library reads files; the row is the one place all hosts share. No row is like an unreadable file."""
    content = _saved(kind).values_list("content", flat=True).first() or b""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / kind
        path.write_bytes(bytes(content))
        return load(path, analysis_version())


_concepts = Kept(_concepts_stamp, _make_concepts)
_vocabulary = Kept(lambda: _stamp_of(VOCABULARY), _load_vocabulary)
_suggestions = Kept(lambda: _stamp_of(SUGGESTIONS), _load_suggestions)
