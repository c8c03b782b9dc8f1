from datetime import UTC, datetime

from market.common.ids import ALPHABET, digest, new_number, new_secret, uuid7


def test_uuid7_sorts_by_time_and_names_its_version() -> None:
    made = [uuid7() for _ in range(50)]

    assert {key.version for key in made} == {7}
    assert len(set(made)) == 50
    assert [key.int >> 80 for key in made] == sorted(key.int >> 80 for key in made)


def test_new_number_shows_the_day_and_avoids_letters_that_are_misread() -> None:
    number = new_number("P", datetime(2026, 11, 24, tzinfo=UTC))

    assert number.startswith("P261124-")
    assert set(number.removeprefix("P261124-")) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


def test_digest_is_stable_and_hides_the_secret() -> None:
    secret = new_secret()

    assert digest(secret) == digest(secret)
    assert secret not in digest(secret)
