"""What an index was analysed with. Another version means other tokens: the index has to be built again."""

import hashlib
import unicodedata
from functools import cache
from importlib.metadata import version

from search.analysis.dictionary import dictionary_words

ANALYSIS = 2  # raised with every change of the rules in this package
_LIBRARIES = ("rjieba", "opencc", "pypinyin", "PyStemmer")


@cache
def analysis_version() -> str:
    """Rules, dictionary and libraries, readable."""
    words = hashlib.sha256("\n".join(dictionary_words()).encode()).hexdigest()[:12]
    libraries = " ".join(f"{name}-{version(name)}" for name in _LIBRARIES)
    return f"analysis-{ANALYSIS} dictionary-{words} {libraries} unicode-{unicodedata.unidata_version}"


def index_version(schema: str) -> str:
    """`schema`: the version of the document's fields. An engine stamps its own library itself."""
    return f"schema-{schema} {analysis_version()}"
