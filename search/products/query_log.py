"""What was searched and what was not found: kept in memory, written now and then, naming nobody."""

import logging
import re
import threading
import time
from collections import Counter
from datetime import date

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from search.analysis.streams import has_words
from search.products.curation import normal_text
from search.products.models import QueryLog

logger = logging.getLogger(__name__)
FLUSH_SECONDS, FLUSH_TEXTS = 60.0, 200
FEW = 3
# An address or a number somebody could be called at is no search word.
_PERSONAL = re.compile(r"@|\d[\d\s-]{5,}\d")
Key = tuple[date, str, str]


class QueryCounter:
    """Safe for threads. A process that dies forgets a minute of counts, which nobody misses."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._searches: Counter[Key] = Counter()
        self._misses: Counter[Key] = Counter()
        self._poor: Counter[Key] = Counter()
        self._flush_at = time.monotonic() + FLUSH_SECONDS

    def note(self, text: str, channel: str, *, total: int, day: date, is_loose: bool = False) -> None:
        """Remembers; every minute writes. `is_loose`: hits have only some of the words. What has no letter and no
        number asked for nothing."""
        known = normal_text(text)
        if not settings.MARKET_SEARCH_LOG or "\x00" in known or _PERSONAL.search(known) or not has_words(known):
            return
        with self._mutex:
            self._searches[day, channel[:20], known] += 1
            self._misses[day, channel[:20], known] += 0 if total else 1
            self._poor[day, channel[:20], known] += 1 if total and (is_loose or total <= FEW) else 0
            is_due = time.monotonic() >= self._flush_at or len(self._searches) >= FLUSH_TEXTS
        if is_due:
            self.flush()

    def flush(self) -> None:
        with self._mutex:
            searches, misses, poor = self._searches, self._misses, self._poor
            self._searches, self._misses, self._poor = Counter(), Counter(), Counter()
            self._flush_at = time.monotonic() + FLUSH_SECONDS
        try:
            with transaction.atomic():
                rows = [QueryLog(day=day, channel=channel, text=text) for day, channel, text in searches]
                QueryLog.objects.bulk_create(rows, ignore_conflicts=True)
                for (day, channel, text), count in sorted(searches.items()):
                    key = day, channel, text
                    QueryLog.objects.filter(day=day, channel=channel, text=text).update(
                        searches=F("searches") + count,
                        without_hits=F("without_hits") + misses[key],
                        few_hits=F("few_hits") + poor[key],
                    )
        except DatabaseError:
            logger.warning("counts of %s searches were not written", len(searches), exc_info=True)


query_counter = QueryCounter()
