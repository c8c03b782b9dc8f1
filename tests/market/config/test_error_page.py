"""The page for our own mistakes: it must stand when nothing else does, the database least of all."""

import pytest
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils.translation import override


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_server_error_page_speaks_three_languages_without_a_database(language: str) -> None:
    handler = get_resolver().resolve_error_handler(500)

    with override(language):  # no django_db mark: touching the database would fail this test
        answer = handler(RequestFactory().get("/"))

    text = answer.content.decode()
    assert answer.status_code == 500
    assert [word in text for word in ("出错", "went wrong", "Ошибка")] == [True, True, True]
