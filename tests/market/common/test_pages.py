"""What all sites' views share."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
NOT_SAVED = "You had been signed out, so what you sent was not saved."


@pytest.mark.parametrize("path", ["/en/sell/products/new/", "/en/ops/destinations/", "/en/sell/staff/"])
def test_form_sent_after_the_session_ended_says_that_nothing_was_kept(client: Client, path: str) -> None:
    page = client.post(path, {"reason": "typed for an hour"}, follow=True)

    assert page.request["PATH_INFO"] == "/en/accounts/login/"
    assert NOT_SAVED in page.content.decode()


def test_page_looked_at_without_a_session_says_nothing_of_it(client: Client) -> None:
    assert NOT_SAVED not in client.get("/en/sell/staff/", follow=True).content.decode()
