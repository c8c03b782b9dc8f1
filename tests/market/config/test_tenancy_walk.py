"""Every address of the sellers' and the officers' pages, asked for with another's ids, by everybody it is not meant
for. A page added later is walked too: an address whose kind of id is unknown here fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern, reverse

from market.accounts.models import User
from market.enterprises.models import Enterprise, Member
from market.office import urls as office
from market.portal import service_urls as services
from market.portal import urls as portal
from search.products.models import QueryLog
from tests.builders import (
    make_enterprise,
    make_member,
    make_officer,
    make_user,
    make_variant,
)
from tests.market.config.walked_world import SAID, World

pytestmark = pytest.mark.django_db


def addresses(where: Any, world: World) -> Iterator[tuple[str, bool]]:
    """Each address, and whether it names a row of the world's enterprise."""
    for pattern in where.urlpatterns:
        assert isinstance(pattern, URLPattern)
        route, names = str(pattern.pattern), list(pattern.pattern.converters)
        values = world.values(route)
        path = reverse(f"{where.app_name}:{pattern.name}", kwargs={name: values[name] for name in names})
        is_public = where is services and set(names) == {"slug"}
        yield path, bool(set(names) - {"code", "secret"}) and not is_public


def everything() -> dict[str, list[Any]]:
    """All rows of all tables, without what any visit writes."""
    left_out = (Session, QueryLog)
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model not in left_out and model is not User
    }


def client_of(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def walk(where: Any, world: World, user: User | None) -> tuple[list[str], dict[str, int]]:
    """Addresses that told something or failed, and the answers to all."""
    told, answers = [], {}
    client = client_of(user)
    names = (world.variant.product.name_zh, "Hidden jujubes", world.enterprise.name_zh, world.order.number, SAID)
    for path, is_about_a_row in addresses(where, world):
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            answers[f"{method} {path}"] = answer.status_code
            text = b"".join(answer) if answer.streaming else answer.content
            is_open = (answer.status_code == 200 or leads_to_the_bucket(answer)) and is_about_a_row
            if is_open or answer.status_code >= 500 or any(name.encode() in text for name in names):
                told.append(f"{method} {path}: {answer.status_code}")
    return told, answers


def leads_to_the_bucket(answer: Any) -> bool:
    """A file is handed out by a signed address where files lie in a bucket."""
    return answer.status_code == 302 and not answer["Location"].startswith("/")


@pytest.mark.parametrize("where", [portal, services])
@pytest.mark.parametrize("who", ["nobody", "buyer", "owner of another", "owner removed"])
def test_sellers_pages_tell_and_do_nothing_for_others(where: Any, who: str) -> None:
    world = World()
    user: User | None = None
    if who == "buyer":
        user = make_user()
    elif who == "owner of another":
        user = make_member(make_variant().product.enterprise)
    elif who == "owner removed":
        user = make_member(world.enterprise)
        Member.objects.filter(user=user).delete()
    before = everything()

    told, answers = walk(where, world, user)

    assert told == []
    assert len(answers) == 2 * len(where.urlpatterns)
    if who != "owner of another":  # their own first page may prepare rows of their own
        assert everything() == before


@pytest.mark.parametrize("who", ["nobody", "buyer", "seller", "reviewer elsewhere", "finance elsewhere"])
def test_officers_pages_tell_and_do_nothing_for_others(who: str) -> None:
    world = World()
    user: User | None = None
    if who == "buyer":
        user = make_user()
    elif who == "seller":
        user = make_member(make_enterprise())
    elif who.endswith("elsewhere"):
        user = make_officer(make_enterprise().unit, who.split()[0])
    before = everything()

    told, answers = walk(office, world, user)

    assert told == []
    assert len(answers) == 2 * len(office.urlpatterns)
    assert everything() == before


def test_the_owner_does_see_it() -> None:
    """The walk can fail: for those it is meant for, the same addresses tell."""
    world = World()

    told, _answers = walk(portal, world, world.owner)

    assert any("/products/" in line for line in told)
    assert any("/orders/" in line for line in told)
    assert any("/reviews/" in line for line in told)
    assert any("/claims/" in line for line in told)
    assert any("/documents/" in line for line in told)
    assert any("/invoices/" in line for line in told)
    assert any("/payouts/" in line for line in told)
    assert Enterprise.objects.filter(pk=world.enterprise.pk).exists()


def test_the_owner_does_see_the_application() -> None:
    world = World()

    told, _answers = walk(services, world, world.owner)

    assert any(f"get /zh-hans/services/applications/{world.case.number}/" in line for line in told)
    assert any("/files/" in line for line in told)
