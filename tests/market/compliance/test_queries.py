import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from market.compliance.actions.set_destination import set_destination
from market.compliance.models import RuleSet, TradeRule
from market.compliance.queries import ExportNotice, export_notice, is_open, live_rules
from tests.builders import NOW, make_officer, make_regiment, make_rules, open_country

pytestmark = pytest.mark.django_db


def notice_of(hs_code: str, subdivision: str = "CN-XJ") -> ExportNotice:
    return export_notice(hs_code, subdivision, NOW.date())


def test_everything_is_closed_until_somebody_opens_it_and_the_page_says_so() -> None:
    notice = notice_of("081340")

    assert (notice.is_open, notice.open_countries) == (False, ())
    assert notice.reason == "合规办公室尚未开放该目的地。"


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "哈萨克斯坦"), ("en", "Kazakhstan"), ("ru", "Казахстан")])
def test_opened_countries_are_named_in_the_readers_language(language: str, name: str) -> None:
    open_country("KZ")

    with translation.override(language):
        assert notice_of("081340").open_countries == (name,)


def test_a_country_opened_for_some_goods_is_closed_for_others_and_for_unknown_ones() -> None:
    open_country("KZ", "0813", "0802")

    assert is_open("KZ", "081340")
    assert not is_open("KZ", "520100")
    assert not is_open("KZ", "")
    assert not notice_of("").is_open


def test_closing_and_opening_again_keeps_the_goods_it_was_limited_to() -> None:
    open_country("KZ", "0813")
    officer = make_officer(make_regiment(), "compliance")
    for status in ("closed", "open"):
        set_destination("KZ", status, reason="again", by=officer, now=NOW)

    assert is_open("KZ", "081340")
    assert not is_open("KZ", "520100")


def test_the_newest_published_set_is_the_live_one() -> None:
    newer = make_rules({"code": "X", "match": {}})

    rule_set, rules = live_rules()

    assert rule_set == newer
    assert "X" in {rule.code for rule in rules}


@pytest.mark.parametrize("change", [{"effect": "allow"}, {"citation": "other"}])
def test_rules_of_a_published_set_are_final(change: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TradeRule.objects.filter(code="DEST-NOT-OPENED").update(**change)
    more = TradeRule.objects.get(code="DEST-NOT-OPENED")
    more.pk, more.code = None, "MORE"
    with pytest.raises(IntegrityError), transaction.atomic():
        more.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.update(hash="0" * 64)

    assert TradeRule.objects.get(code="DEST-NOT-OPENED").effect == "block"


def test_countries_whose_law_bars_the_origin_are_named_and_never_open() -> None:
    open_country("US")
    open_country("KZ")

    with translation.override("en"):
        from_here, from_elsewhere = notice_of("081340"), notice_of("081340", "CN-SD")

    assert "United States" in from_here.barred
    assert from_here.open_countries == ("Kazakhstan",)
    assert from_elsewhere.barred == ()
    assert from_elsewhere.open_countries == ("Kazakhstan", "United States")
