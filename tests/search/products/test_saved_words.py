"""What is counted of words, over an upgrade: what serves meanwhile, and what goes."""

from datetime import timedelta

import pytest

from search.products import words
from search.products.actions.count_words import COUNT_AFTER, KEPT, are_words_old, count_words
from search.products.models import SavedWords
from search.products.queries import suggest
from search.products.words import forget_words, search_vocabulary
from tests.builders import NOW, make_variant
from tests.search.products.test_search import drain

pytestmark = pytest.mark.django_db


def upgrade(monkeypatch: pytest.MonkeyPatch, *, form: str = words.FORM) -> None:
    """Another version of the program starts on the same database."""
    monkeypatch.setattr(words, "analysis_version", lambda: "analysis-3")
    monkeypatch.setattr(words, "FORM", form)
    forget_words()


def texts() -> list[str]:
    return [one.text for one in suggest("灰枣")]


@pytest.fixture
def counted() -> None:
    make_variant(name_zh="灰枣")
    drain()
    count_words(NOW)


@pytest.mark.usefixtures("counted")
def test_suggestions_of_the_version_before_serve_until_they_are_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = texts()
    SavedWords.objects.filter(kind="vocabulary").update(content=b"of no use")

    upgrade(monkeypatch)

    assert before
    assert texts() == before
    assert search_vocabulary()
    assert are_words_old(NOW)
    make_variant(name_zh="灰枣王")
    drain()
    count_words(NOW)
    assert texts() != before
    assert not are_words_old(NOW)


@pytest.mark.usefixtures("counted")
def test_suggestions_in_another_form_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(monkeypatch, form="words-3")

    assert texts() == []


@pytest.mark.usefixtures("counted")
def test_what_another_version_saved_goes_when_no_program_renews_it(monkeypatch: pytest.MonkeyPatch) -> None:
    SavedWords.objects.filter(kind="suggestions").update(built_at=NOW + timedelta(minutes=1))
    upgrade(monkeypatch)

    count_words(NOW + KEPT + timedelta(seconds=1))

    assert SavedWords.objects.exclude(version=words.words_version()).get().kind == "suggestions"
    assert SavedWords.objects.count() == 3
    count_words(NOW + KEPT + timedelta(minutes=2))
    assert SavedWords.objects.count() == 2


@pytest.mark.usefixtures("counted")
def test_words_are_old_by_the_older_of_the_two_and_when_one_is_missing() -> None:
    assert not are_words_old(NOW)
    SavedWords.objects.filter(kind="vocabulary").update(built_at=NOW - COUNT_AFTER)
    assert are_words_old(NOW)
    SavedWords.objects.filter(kind="vocabulary").update(built_at=NOW)
    assert not are_words_old(NOW)

    SavedWords.objects.filter(kind="suggestions").delete()

    assert are_words_old(NOW)
