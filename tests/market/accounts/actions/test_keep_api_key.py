import pytest

from market.accounts.actions.keep_api_key import create_api_key, revoke_api_key
from market.accounts.models import ApiKey
from market.accounts.queries import find_api_key
from market.common.errors import InvalidInput
from tests.builders import NOW, make_user

pytestmark = pytest.mark.django_db


def make_key() -> tuple[ApiKey, str]:
    return create_api_key(make_user(), name="Warehouse", scopes=["stock:write"], now=NOW)


def test_key_is_found_by_its_whole_secret_only() -> None:
    key, secret = make_key()

    assert find_api_key(secret) == key
    assert find_api_key(secret[:-1]) is None
    assert find_api_key(key.prefix) is None
    assert find_api_key("") is None


def test_the_secret_is_not_stored() -> None:
    key, secret = make_key()

    assert secret not in str(ApiKey.objects.filter(pk=key.pk).values().get())


def test_revoked_key_is_not_found_and_a_second_revocation_keeps_the_first_time() -> None:
    key, secret = make_key()

    revoke_api_key(key, by=key.user, now=NOW)
    revoke_api_key(key, by=key.user, now=NOW.replace(year=2027))

    assert find_api_key(secret) is None
    assert ApiKey.objects.get().revoked_at == NOW


def test_key_of_a_person_who_left_is_not_found() -> None:
    key, secret = make_key()
    key.user.is_active = False
    key.user.save()

    assert find_api_key(secret) is None


@pytest.mark.parametrize(("name", "scopes"), [("", ["stock:write"]), ("A", []), ("A", ["stock:write", "everything"])])
def test_key_without_name_or_with_unknown_scope_is_not_made(name: str, scopes: list[str]) -> None:
    with pytest.raises(InvalidInput):
        create_api_key(make_user(), name=name, scopes=scopes, now=NOW)

    assert not ApiKey.objects.exists()
