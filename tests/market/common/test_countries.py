import pytest

from market.common.countries import country_name, foreign_countries, is_country


@pytest.mark.parametrize(("code", "known"), [("KZ", True), ("CN", True), ("EU", False), ("XX", False), ("kz", False)])
def test_is_country_knows_countries_only(code: str, known: bool) -> None:
    assert is_country(code) is known


def test_names_come_in_each_language_and_home_is_not_foreign() -> None:
    assert country_name("KZ", "ru") == "Казахстан"
    assert country_name("QQ", "en") == "QQ"
    codes = [code for code, _name in foreign_countries("zh-hans")]
    assert "KZ" in codes
    assert "CN" not in codes
    assert len(codes) == len(set(codes)) > 200
