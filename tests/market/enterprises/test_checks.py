from market.enterprises.checks import check_application
from market.enterprises.models import Enterprise


def test_application_without_anything_fails_every_check() -> None:
    checks = check_application(Enterprise(credit_code="91000000TEXT000010"))

    assert [check.item for check in checks if check.is_good] == []


def test_complete_application_passes_every_check() -> None:
    enterprise = Enterprise(
        credit_code="91110000600037341L",
        name_zh="示范农社",
        name_en="Example",
        name_ru="Пример",
        contact_name="张示范",
        contact_phone="138 0013 8000",
        address="示范路 1 号",
        bank_name="示范银行",
        bank_account="622200001",
    )

    assert [check.item for check in check_application(enterprise) if not check.is_good] == []


def test_credit_code_with_one_wrong_digit_is_named() -> None:
    enterprise = Enterprise(credit_code="91110000600037342L", contact_phone="12")

    bad = {check.item for check in check_application(enterprise) if not check.is_good}

    assert {"credit_code", "contact_phone"} <= bad
