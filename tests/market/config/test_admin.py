"""The superusers' admin: where docs/configuration.md says, for superusers only, through the door everybody uses."""

import pytest
from django.conf import settings
from django.test import Client

from search.products.models import Concept
from tests.builders import make_user

pytestmark = pytest.mark.django_db
ADMIN = f"/{settings.ADMIN_PATH}"


def test_superuser_adds_a_concept() -> None:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    names = {
        "names-TOTAL_FORMS": "1",
        "names-INITIAL_FORMS": "0",
        "names-0-text": "灰枣",
        "names-0-language": "zh-hans",
    }
    kind = str(Concept._meta.get_field("kind").choices[0][0])  # type: ignore[index]

    assert client.get(ADMIN).status_code == 200
    added = client.post(f"{ADMIN}search_products/concept/add/", {"kind": kind, "is_active": "on"} | names)

    assert added.status_code == 302, added.content.decode()[-3000:]
    assert Concept.objects.get().names.get().text == "灰枣"


@pytest.mark.parametrize("who", ["nobody", "somebody"])
def test_others_come_to_the_common_door(who: str) -> None:
    client = Client()
    if who == "somebody":
        client.force_login(make_user())

    answer = client.get(ADMIN, follow=True)

    assert "Django administration" not in answer.content.decode()
    assert client.post(f"{ADMIN}login/", {"username": "x", "password": "y"}).status_code in (302, 403)
