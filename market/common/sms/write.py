"""Words of a short message in the language of whom it goes to."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import override

from market.common.languages import normal_language
from market.common.sms.base import ShortMessage


def written(phone: str, kind: str, spoken: str, words: Promise, facts: Mapping[str, object]) -> ShortMessage:
    """`words` with `%(name)s` for each of `facts`; a fact may be words itself, translated when asked for its text."""
    language = normal_language(spoken)
    with override(language):
        values = {name: str(fact) for name, fact in facts.items()}
        return ShortMessage(phone, kind, language, values, str(words) % values)
