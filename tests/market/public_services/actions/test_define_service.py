"""Services are defined by the offices they belong to; what is published stays."""

import pytest
from django.db import IntegrityError, transaction

from market.common.errors import InvalidInput, NotFound
from market.public_services.actions.define_service import (
    close_service,
    define_service,
    draft_version,
    publish_version,
    write_version,
)
from market.public_services.actions.start_application import start_application
from market.public_services.errors import NotMeantFor, VersionPublished
from market.public_services.models import ServiceItem, ServiceVersion
from market.public_services.queries import offered, version_in_force
from tests.builders import NOW
from tests.market.public_services.scenes import FORM, FORM_TEXTS, ROUTING, Town, make_service, words

pytestmark = pytest.mark.django_db
NAMES = {"name_zh": "冷库补贴"}


def test_a_published_version_is_never_changed(town: Town) -> None:
    item, officer = make_service(town.corps), town.officers["corps"]
    version = item.versions.get()

    with pytest.raises(VersionPublished):
        write_version(version, by=officer, now=NOW, accept_days=99)
    with pytest.raises(VersionPublished):
        publish_version(version, by=officer, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceVersion.objects.update(accept_days=99)

    assert item.versions.get().accept_days == 3


def test_a_new_version_begins_as_a_copy_and_counts_when_it_is_published(town: Town) -> None:
    item, officer = make_service(town.corps), town.officers["corps"]

    draft = draft_version(item, by=officer, now=NOW)

    assert (draft.no, draft.form_schema, draft.routing) == (2, FORM, ROUTING)
    assert draft_version(item, by=officer, now=NOW).pk == draft.pk
    assert version_in_force(item) == item.versions.get(no=1)
    publish_version(draft, by=officer, now=NOW)
    assert version_in_force(item) == draft


def test_who_has_no_reach_defines_and_writes_nothing(town: Town) -> None:
    item = make_service(town.corps)
    below = town.officers["division"]

    with pytest.raises(NotFound):
        define_service(slug="other", names=NAMES, category="policy", unit=town.corps, by=below, now=NOW)
    with pytest.raises(NotFound):
        draft_version(item, by=below, now=NOW)
    with pytest.raises(NotFound):
        close_service(item, reason="x", by=below, now=NOW)
    own = define_service(slug="own", names=NAMES, category="policy", unit=town.division, by=below, now=NOW)
    assert own.versions.get().no == 1


@pytest.mark.parametrize("slug", ["applications", "cold-store"])
def test_an_address_that_is_reserved_or_taken_is_refused(town: Town, slug: str) -> None:
    make_service(town.corps)

    with pytest.raises(InvalidInput):
        define_service(slug=slug, names=NAMES, category="policy", unit=town.corps, by=town.officers["corps"], now=NOW)

    assert ServiceItem.objects.count() == 1


@pytest.mark.parametrize(
    "parts",
    [
        {"texts": {}},
        {"form_schema": {}},
        {"form_schema": FORM | {"sections": [*FORM["sections"], {"code": "more", "title": words("More")}]}},
        {"routing": []},
        {"routing": ROUTING[:2]},
        {"routing": [{"levels": [], "days": 3}]},
        {"form_schema": FORM | {"fields": FORM["fields"][:2]}},
        {"conditions": [{"code": str(n), "question": words("?"), "why": words("!")} for n in range(5)]},
    ],
)
def test_what_is_not_whole_is_not_published(town: Town, parts: dict[str, object]) -> None:
    officer = town.officers["corps"]
    item = define_service(slug="new", names=NAMES, category="policy", unit=town.corps, by=officer, now=NOW)
    whole = {"texts": FORM_TEXTS, "form_schema": FORM, "routing": ROUTING}
    draft = write_version(item.versions.get(), by=officer, now=NOW, **(whole | parts))

    with pytest.raises(InvalidInput):
        publish_version(draft, by=officer, now=NOW)

    assert version_in_force(item) is None


def test_a_closed_service_takes_no_new_application(town: Town) -> None:
    item = make_service(town.corps)
    close_service(item, reason="资金用完", by=town.officers["corps"], now=NOW)

    with pytest.raises(NotMeantFor):
        start_application(item, town.enterprise, eligibility={"area": "yes"}, by=town.owner, now=NOW)
    assert offered() == []


def test_services_are_found_by_words_of_any_language(town: Town) -> None:
    item = make_service(town.corps)

    for typed in ("冷库", "STORE support", "хранилищ", "summary"):
        assert [found for found, _version in offered(typed)] == [item], typed
    assert offered("冷库 nothing") == []
    assert offered(category="finance") == []
