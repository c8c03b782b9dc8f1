"""A table to start from, in the language of the page."""

import csv
import io
from datetime import datetime, timedelta

from market.common.languages import LANGUAGES, ZH, active_language
from orders.inbox.file_words import HEADINGS, word_for
from orders.shipments.carriers.values import BEIJING

_PLACES = {"en": ("Aral", "Chengdu"), ZH: ("阿拉尔", "成都"), "ru": ("Арал", "Чэнду")}


def sample_file(now: datetime) -> bytes:
    """UTF-8 with a mark at its beginning, by which spreadsheets know it; yesterday's times, so that it can be tried."""
    active = active_language()
    language = {"en": 0, ZH: 1, "ru": 2}[active if active in LANGUAGES else ZH]
    first, last = _PLACES[active]
    start = now.astimezone(BEIJING) - timedelta(days=1)
    rows = [
        ("picked_up", "", 8, first, "240", "3.5", ""),
        ("in_transit", "departed_facility", 5, first, "", "", ""),
        ("delivered", "to_recipient", 1, last, "239.5", "4", "王 / Wang"),
    ]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([HEADINGS[name][language] for name in HEADINGS])
    for status, substatus, hours, place, weight, celsius, receiver in rows:
        at = f"{start - timedelta(hours=hours):%Y-%m-%d %H:%M}"
        table.writerow(
            ["SAMPLE-0001", word_for(status, substatus, language), at, place, "", weight, celsius, "", receiver]
        )
    return text.getvalue().encode("utf-8-sig")
