from datetime import UTC, datetime
from uuid import RFC_4122

from market.common.ids import ALPHABET, digest, new_number, new_secret, repeatable_numbers, uuid7


def test_uuid7_sorts_by_time_and_names_its_version() -> None:
    made = [uuid7() for _ in range(50)]

    assert {key.version for key in made} == {7}
    assert len(set(made)) == 50
    assert {key.variant for key in made} == {RFC_4122}
    assert [key.int >> 64 for key in made] == sorted(key.int >> 64 for key in made)


def test_new_number_shows_the_day_and_avoids_letters_that_are_misread() -> None:
    number = new_number("P", datetime(2026, 11, 24, tzinfo=UTC))

    assert number.startswith("P261124-")
    assert set(number.removeprefix("P261124-")) <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


def test_new_number_before_eight_in_the_morning_shows_the_day_of_the_market_not_of_greenwich() -> None:
    assert new_number("P", datetime(2026, 12, 31, 16, tzinfo=UTC)).startswith("P270101-")
    assert new_number("P", datetime(2028, 2, 28, 16, tzinfo=UTC)).startswith("P280229-")


def test_digest_is_stable_and_hides_the_secret() -> None:
    secret = new_secret()

    assert digest(secret) == digest(secret)
    assert secret not in digest(secret)


def test_numbers_repeat_inside_the_sample_only_and_secrets_never() -> None:
    day = datetime(2026, 11, 24, tzinfo=UTC)

    def drawn() -> tuple[str, str]:
        with repeatable_numbers("seed"):
            return new_number("P", day), new_secret()

    (first, one_secret), (second, other_secret) = drawn(), drawn()

    assert first == second
    assert one_secret != other_secret
    assert new_number("P", day) not in (first, new_number("P", day))
