"""What a search knows about words: concepts (the built-in dictionary and officers' rows) and the titles' vocabulary.
Kept in memory and looked at again once a minute."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

from django.db.models import Count, Max

from search.analysis.concepts import Concept as Meaning
from search.analysis.concepts import Concepts, built_in_concepts
from search.analysis.dictionary import built_in
from search.analysis.version import analysis_version
from search.engines.database_match import MARKS
from search.products.models import Concept, SavedVocabulary, SearchDocument
from search.query.vocabulary import StaleVocabulary, Vocabulary, VocabularyBuilder

LOOK_SECONDS = 60.0
REBUILD_AFTER = timedelta(hours=1)
Value = TypeVar("Value")
Stamp = tuple[object, ...]


class _Kept(Generic[Value]):
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


def forget_words() -> None:
    """The next search looks again."""
    _concepts.forget()
    _vocabulary.forget()


# ---------------------------------------------------------------------- concepts


def _concepts_stamp() -> Stamp:
    found = Concept.objects.aggregate(last=Max("updated_at"), names=Count("names"))
    return found["last"], found["names"]


def _make_concepts() -> Concepts:
    own = [
        Meaning(f"own-{row.pk}", row.kind, tuple((name.language, name.text) for name in row.names.all()))
        for row in Concept.objects.filter(is_active=True).prefetch_related("names").order_by("pk")
    ]
    if not own:
        return built_in_concepts()
    return Concepts([*(Meaning(entry.code, entry.kind, entry.names) for entry in built_in()), *own])


# ---------------------------------------------------------------------- vocabulary


def _vocabulary_stamp() -> Stamp:
    return tuple(SavedVocabulary.objects.filter(version=analysis_version()).values_list("built_at", flat=True)[:1])


def _load_vocabulary() -> Vocabulary:
    saved = SavedVocabulary.objects.filter(version=analysis_version()).first()
    if saved is None:
        return VocabularyBuilder().build(search_concepts().spellings())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary"
        path.write_bytes(bytes(saved.content))
        try:
            return Vocabulary.load(path, analysis_version())
        except StaleVocabulary:
            return VocabularyBuilder().build(search_concepts().spellings())


def build_vocabulary(now: datetime) -> None:
    """From the titles of every document, one of each product. Replaces what was saved; every process takes it up
    within a minute."""
    builder = VocabularyBuilder()
    for titles, sounds in _titles():
        builder.add(titles, sounds)
    built = builder.build(search_concepts().spellings())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocabulary"
        built.save(path, analysis_version())
        SavedVocabulary.objects.update_or_create(
            version=analysis_version(), defaults={"content": path.read_bytes(), "built_at": now}
        )
    _vocabulary.forget()


def _titles() -> Iterator[tuple[list[str], str]]:
    mark, last = MARKS["py"], 0
    rows = SearchDocument.objects.filter(is_gone=False).order_by("product_id", "pk")
    for product_id, show, tokens in rows.values_list("product_id", "show", "tokens").iterator(chunk_size=500):
        if product_id != last:
            sounds = " ".join(token.removeprefix(mark) for token in tokens.split() if token.startswith(mark))
            yield [name for name in show["name"] if name], sounds
        last = product_id


def is_vocabulary_old(now: datetime) -> bool:
    built = SavedVocabulary.objects.filter(version=analysis_version()).values_list("built_at", flat=True).first()
    return built is None or built <= now - REBUILD_AFTER


_concepts = _Kept(_concepts_stamp, _make_concepts)
_vocabulary = _Kept(_vocabulary_stamp, _load_vocabulary)
