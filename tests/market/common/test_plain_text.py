from hypothesis import given
from hypothesis import strategies as st

from market.common.plain_text import plain_words


@given(st.text())
def test_plain_words_are_plain_already_the_second_time(typed: str) -> None:
    once = plain_words(typed)

    assert plain_words(once) == once
    assert "\x00" not in once
    assert "\n\n\n" not in once
    once.encode()


def test_lines_stay_and_what_turns_or_hides_text_goes() -> None:
    assert plain_words(" a\tb\r\n\x1b[31mc\u202e\u200b\u2028d\n \n\n\n👨\u200d🌾 ") == "a b\n[31mc\nd\n\n👨\u200d🌾"
