from hypothesis import given
from hypothesis import strategies as st

from market.common.plain_text import plain_code, plain_words


@given(st.text())
def test_plain_words_are_plain_already_the_second_time(typed: str) -> None:
    once = plain_words(typed)

    assert plain_words(once) == once
    assert "\x00" not in once
    assert "\n\n\n" not in once
    once.encode()


def test_lines_stay_and_what_turns_or_hides_text_goes() -> None:
    assert plain_words(" a\tb\r\n\x1b[31mc\u202e\u200b\u2028d\n \n\n\n👨\u200d🌾 ") == "a b\n[31mc\nd\n\n👨\u200d🌾"


@given(st.text())
def test_plain_code_is_never_longer_and_the_same_the_second_time(typed: str) -> None:
    once = plain_code(typed)

    assert plain_code(once) == once
    assert len(once) <= len(typed)


def test_code_of_a_chinese_keyboard_is_the_one_a_carrier_sends() -> None:
    assert plain_code("\u202d\u3000ＳＦ１２３－４５６ a\u00a0") == "SF123-456a"
