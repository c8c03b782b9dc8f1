"""What the check of all catalogues takes for a text without words."""

import importlib
from pathlib import Path

import pytest
from django.conf import settings

HEAD = """msgid ""
msgstr ""
"Plural-Forms: nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "%(n)s box"
msgid_plural "%(n)s boxes"
msgstr[0] "%(n)s ящик"
msgstr[1] "%(n)s ящика"
msgstr[2] "%(n)s ящиков"
"""


@pytest.mark.parametrize(
    ("last", "is_known"),
    [("", False), ('msgstr[3] ""\n', False), ('msgstr[3] "%(n)s ящика"\n', True)],
)
def test_plural_without_its_last_form_has_no_words(
    last: str, is_known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(settings.BASE_DIR / "deploy"))
    check = importlib.import_module("check_messages")
    po = tmp_path / "locale" / "ru" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(HEAD + last, encoding="utf-8")
    monkeypatch.setattr(check, "catalogues", lambda: [po])

    assert ("%(n)s box" in check.known("ru")) == is_known
