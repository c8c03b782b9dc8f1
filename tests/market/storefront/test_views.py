import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/zh-hans/", "/en/", "/ru/", "/en/accounts/login/", "/ru/accounts/signup/"])
def test_page_opens(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.django_db
def test_root_goes_to_accepted_language(client: Client) -> None:
    assert client.get("/", headers={"accept-language": "ru"}).headers["Location"] == "/ru/"


@pytest.mark.django_db
def test_unknown_page_says_so_in_three_languages(client: Client) -> None:
    answer = client.get("/en/nothing-here/")

    assert answer.status_code == 404
    assert "Такой страницы нет." in answer.content.decode()
