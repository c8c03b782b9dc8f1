"""The answer to our own mistakes: in the manner of the place, and standing when nothing else does, the database least
of all."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.utils import translation

WORDS = {"zh-hans": "我们这边出错了", "en": "Something went wrong on our side", "ru": "Ошибка на нашей стороне"}
HTML = {"zh-hans": "zh-Hans", "en": "en", "ru": "ru"}


def fails(*_args: object, **_kwargs: object) -> Any:
    raise RuntimeError("the password is hunter2")


@pytest.mark.parametrize("language", [*WORDS])
@pytest.mark.parametrize("sent", ["path", "cookie", "browser"])
def test_the_page_speaks_the_visitors_language_without_a_database(language: str, sent: str) -> None:
    handler = get_resolver().resolve_error_handler(500)
    path = f"/{language}/orders/" if sent == "path" else "/d/secret"
    request = RequestFactory().get(path, headers={"Accept-Language": language} if sent == "browser" else {})
    if sent == "cookie":
        request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language

    with translation.override("en" if language != "en" else "ru"):  # what the request before has left
        answer = handler(request)  # no django_db mark: touching the database would fail this test

    text = answer.content.decode()
    assert answer.status_code == 500
    assert [word in text for word in WORDS.values()] == [language == one for one in WORDS]
    assert f'<html lang="{HTML[language]}">' in text
    assert f'href="/{language}/"' in text


@pytest.mark.parametrize("language", [*WORDS])
def test_a_page_that_fails_tells_nothing_of_its_insides(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.storefront.views.public_page", fails)

    answer = Client(raise_request_exception=False).get(f"/{language}/help/")

    text = answer.content.decode()
    assert answer.status_code == 500
    assert WORDS[language] in text
    assert "hunter2" not in text
    assert "Traceback" not in text
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/nowhere", "/hooks/carrier/"])
def test_programs_are_answered_in_their_own_shape_wherever_it_fails(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", fails)

    answer = Client(raise_request_exception=False).post(path, b"{}", content_type="application/json")

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")
    assert json.loads(answer.content) == {
        "error": {"code": "unexpected", "message": "Something went wrong here. It has been noted.", "details": {}}
    }
