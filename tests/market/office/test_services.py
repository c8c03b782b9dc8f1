"""Officers define a service, write its draft row by row and publish it."""

import pytest
from django.test import Client

from market.public_services.models import ServiceItem, ServiceVersion
from market.public_services.queries import version_in_force
from tests.market.office.people import signed_in
from tests.market.public_services.scenes import Town, at_desk, make_accepted, make_case, make_service, make_town
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
LIST = "/en/ops/services/"
ZH = {"label_zh": "名称"}


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def corps(town: Town) -> Client:
    return signed_in(town.officers["corps"])


def put(client: Client, slug: str, part: str, **fields: object) -> int:
    return client.post(f"{LIST}{slug}/draft/{part}/", fields).status_code


def test_a_service_is_written_row_by_row_and_published(town: Town, corps: Client) -> None:
    form = {"slug": "course", "name_zh": "培训", "category": "talent", "unit": town.corps.pk}
    assert corps.post(f"{LIST}new/", form | {"slug": "Not A Slug"}).status_code == 422
    assert corps.post(f"{LIST}new/", form).status_code == 302
    draft = f"{LIST}course/draft/"
    assert "Before it can be published:" in words(corps.get(draft))
    assert corps.post(draft, {"publish": "1"}).status_code == 302
    assert version_in_force(ServiceItem.objects.get()) is None

    texts = {"summary_zh": "a", "audience_zh": "b", "result_zh": "c"}
    assert put(corps, "course", "texts", **texts, accept_days="2", publicity_days="0", fee="0") == 302
    assert put(corps, "course", "section", code="who", title_zh="学员") == 302
    assert put(corps, "course", "field", name="many", kind="number", section="who", label_zh="人数") == 302
    choice = {"name": "kind", "kind": "choice", "section": "who", "label_zh": "类别"}
    assert put(corps, "course", "field", **choice) == 422
    assert put(corps, "course", "field", **choice, options="a|甲|A\nb|乙") == 302
    assert put(corps, "course", "question", code="free", question_zh="能来吗", why_zh="须能来", wanted="yes") == 302
    assert put(corps, "course", "paper", code="list", label_zh="名单", certificate="organic") == 302
    assert put(corps, "course", "route", levels=["regiment"], days="5") == 302
    assert "Before it can be published:" not in words(corps.get(draft))
    assert corps.post(draft, {"publish": "1"}).status_code == 302

    version = version_in_force(ServiceItem.objects.get())
    assert version is not None
    assert [field.name for field in version.fields.values()] == ["many", "kind"]
    assert [choice.code for choice in version.fields["kind"].choices] == ["a", "b"]
    assert (version.questions[0].wanted, version.papers[0].certificate) == ("yes", "organic")
    assert version.routes[0].levels == ("regiment",)
    assert corps.get("/en/services/course/").status_code == 200


def test_a_row_is_changed_under_its_name_and_taken_out(town: Town, corps: Client) -> None:
    item = make_service(town.corps)
    corps.post(f"{LIST}{item.slug}/", {"draft": "1"})
    page = corps.get(f"{LIST}{item.slug}/draft/field/?row=person").content.decode()
    assert 'value="Person"' in page

    assert put(corps, item.slug, "field", name="person", kind="text", section="contact", label_zh="新名") == 302
    assert corps.post(f"{LIST}{item.slug}/draft/", {"remove": "field:since"}).status_code == 302

    draft = item.versions.get(no=2)
    assert next(str(field.label) for field in draft.fields.values()) == "新名"
    assert "since" not in draft.fields
    assert "since" in item.versions.get(no=1).fields


def test_routes_stand_by_sum_with_the_one_for_all_last(town: Town, corps: Client) -> None:
    item = make_service(town.corps)
    corps.post(f"{LIST}{item.slug}/", {"draft": "1"})

    assert put(corps, item.slug, "route", most="1000", levels=["regiment"], days="1") == 302
    assert put(corps, item.slug, "route", kinds=["cooperative"], levels=["regiment"], days="2") == 302

    routes = item.versions.get(no=2).routes
    assert [(str(route.most or ""), route.kinds) for route in routes] == [
        ("1000", ()),
        ("50000", ()),
        ("200000", ()),
        ("", ("cooperative",)),
        ("", ()),
    ]


def test_who_has_no_reach_sees_and_writes_nothing(town: Town) -> None:
    item = make_service(town.corps)
    below = signed_in(town.officers["division"])

    assert item.slug not in below.get(LIST).content.decode()
    for path in (f"{LIST}{item.slug}/", f"{LIST}{item.slug}/draft/", f"{LIST}{item.slug}/draft/texts/"):
        assert below.get(path).status_code == 404, path
    assert below.post(f"{LIST}{item.slug}/", {"draft": "1"}).status_code == 404
    form = {"slug": "own", "name_zh": "培训", "category": "talent", "unit": town.corps.pk}
    assert below.post(f"{LIST}new/", form).status_code == 422
    assert ServiceVersion.objects.count() == 1


def test_a_closed_service_says_so_and_running_cases_go_on(town: Town, corps: Client) -> None:
    item = make_service(town.corps)
    case = make_case(town, item)

    assert corps.post(f"{LIST}{item.slug}/", {"close": "1"}).status_code == 422
    assert corps.post(f"{LIST}{item.slug}/", {"close": "1", "reason": "资金用完"}).status_code == 302

    assert "This service takes no new applications." in words(corps.get(f"/en/services/{item.slug}/"))
    assert corps.get(f"/en/ops/applications/{case.number}/").status_code == 200
    assert "closed" in words(corps.get(LIST))


def test_a_budget_is_set_and_what_is_spent_is_said(town: Town, corps: Client) -> None:
    item = make_service(town.corps)
    page = f"{LIST}{item.slug}/"
    assert corps.post(page, {"set_budget": "1", "budget": "none"}).status_code == 422
    assert corps.post(page, {"set_budget": "1", "budget": "40000"}).status_code == 302
    officer = signed_in(town.officers["regiment"])
    first, second = make_accepted(town, item, amount="30000"), make_accepted(town, item, amount="20000")

    for case, status in ((first, 302), (second, 422)):
        fields = {"act": "approve", "step": str(at_desk(case).pk)}
        answer = officer.post(f"/en/ops/applications/{case.number}/", fields)
        assert answer.status_code == status

    assert "CNY 10000 is left, CNY 20000 is asked for" in words(answer)
    assert "30,000.00 of" in words(corps.get(page))
    assert "Granted" in words(officer.get(f"/en/ops/applications/{first.number}/"))
    assert corps.post(page, {"set_budget": "1", "budget": "29999"}).status_code == 422


@pytest.mark.parametrize("part", ["nowhere", "form_schema"])
def test_a_part_there_is_not_is_not_found(town: Town, corps: Client, part: str) -> None:
    item = make_service(town.corps)
    corps.post(f"{LIST}{item.slug}/", {"draft": "1"})

    assert corps.get(f"{LIST}{item.slug}/draft/{part}/").status_code == 404
    assert corps.post(f"{LIST}{item.slug}/draft/", {"remove": f"{part}:x"}).status_code == 404
