"""What a search knows about words: concepts (the built-in dictionary and officers' rows) and the titles' vocabulary,
and what somebody may be about to type. Kept in memory and looked at again once a minute."""

import logging
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from django.db import DatabaseError, connections
from django.db.models import Case, Count, Max, QuerySet, When

from search.analysis.concepts import Concept as Meaning
from search.analysis.concepts import Concepts, built_in_concepts
from search.analysis.dictionary import built_in
from search.analysis.version import analysis_version
from search.products.models import Concept, SavedWords
from search.query.suggest import StaleSuggestions, Suggestions
from search.query.vocabulary import StaleVocabulary, Vocabulary, VocabularyBuilder

logger = logging.getLogger(__name__)
LOOK_SECONDS = 60.0
Value = TypeVar("Value")
Stamp = tuple[object, ...]


class Kept(Generic[Value]):
    """A value that is made anew when its stamp has changed; the stamp is asked for once a minute, by one thread. Only
    who comes when there is no value at all waits for one: a newer one is made beside the requests."""

    def __init__(self, stamp: Callable[[], Stamp], make: Callable[[], Value]) -> None:
        self._stamp, self._make = stamp, make
        self._mutex = threading.Lock()
        self._value: Value | None = None
        self._known: Stamp = ()
        self._until = 0.0

    def get(self) -> Value:
        value = self._value
        if value is None:
            with self._mutex:
                return self._first()
        if time.monotonic() >= self._until and self._mutex.acquire(blocking=False):
            self._look()
        return value

    def forget(self) -> None:
        self._value, self._until = None, 0.0

    def _first(self) -> Value:
        value = self._value
        if value is None:
            stamp = self._stamp()
            value = self._make()
            self._keep(value, stamp)
        return value

    def _look(self) -> None:
        """Gives up the mutex, now or when the newer value is there."""
        is_making = False
        try:
            stamp = self._stamp()
            self._until = time.monotonic() + LOOK_SECONDS
            if stamp != self._known:
                threading.Thread(target=self._renew, args=(stamp,), name="search words", daemon=True).start()
                is_making = True
        finally:
            if not is_making:
                self._mutex.release()

    def _renew(self, stamp: Stamp) -> None:
        try:
            self._keep(self._make(), stamp)
        except DatabaseError:
            logger.warning("words of the search could not be read again; the older ones are used", exc_info=True)
        finally:
            connections.close_all()  # of this thread
            self._mutex.release()

    def _keep(self, value: Value, stamp: Stamp) -> None:
        self._value, self._known, self._until = value, stamp, time.monotonic() + LOOK_SECONDS


def load_words() -> None:
    """When a process starts, so that no visitor waits. A database that is not there yet does not keep it from it."""
    try:
        for kept in (_concepts, _vocabulary, _suggestions):
            kept.get()
    except DatabaseError as error:
        logger.info("words of the search are read by the first search: %s", error)


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


FORM = "words-2"


def words_version() -> str:
    """Of what is saved: its form, and the analysis. Another one is counted anew by the worker's next look."""
    return f"{analysis_version()} {FORM}"


def _stamp_of(rows: QuerySet[SavedWords]) -> Stamp:
    return tuple(rows.values_list("version", "built_at")[:1])


def _saved_vocabulary() -> QuerySet[SavedWords]:
    """What was analysed otherwise would correct a word to one that no document has."""
    return SavedWords.objects.filter(kind=SavedWords.Kind.VOCABULARY, version=words_version())


def _saved_suggestions() -> QuerySet[SavedWords]:
    """After an upgrade those of the version before are offered until they are counted anew, which takes as long as the
    index: names of goods are the same, only some ways to type them may not be known yet."""
    is_own = Case(When(version=words_version(), then=1), default=0)
    readable = SavedWords.objects.filter(kind=SavedWords.Kind.SUGGESTIONS, version__endswith=f" {FORM}")
    return readable.order_by(is_own.desc(), "-built_at")


def _load_vocabulary() -> Vocabulary:
    """Ready to correct: to prepare that within a search would use up the time of the search."""
    try:
        vocabulary = _load(_saved_vocabulary(), Vocabulary.load)
    except StaleVocabulary:
        vocabulary = VocabularyBuilder().build(search_concepts().spellings(), search_concepts().sounds())
    vocabulary.load_spelling()
    return vocabulary


def _load_suggestions() -> Suggestions:
    try:
        return _load(_saved_suggestions(), Suggestions.load)
    except StaleSuggestions:
        return Suggestions.of({})


def _load(rows: QuerySet[SavedWords], load: Callable[[Path, str], Value]) -> Value:
    """The library reads files; the row is the one place all hosts share. No row is like an unreadable file."""
    content, version = rows.values_list("content", "version").first() or (b"", words_version())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words"
        path.write_bytes(bytes(content))
        return load(path, version)


_concepts = Kept(_concepts_stamp, _make_concepts)
_vocabulary = Kept(lambda: _stamp_of(_saved_vocabulary()), _load_vocabulary)
_suggestions = Kept(lambda: _stamp_of(_saved_suggestions()), _load_suggestions)
