"""Chinese words by rjieba, with our own instance: the module-level one is shared by the whole process.

The dictionary (`data/concepts.txt`) decides what is one word, so its content is part of the index version."""

from functools import cache
from typing import TYPE_CHECKING

from search.analysis.dictionary import dictionary_words

if TYPE_CHECKING:
    import rjieba


@cache
def _segmenter() -> "rjieba.Jieba":
    """Words that rjieba would cut get the least weight that keeps them in one piece."""
    import rjieba  # reads its dictionary: not at the start of every command that cuts no words

    segmenter = rjieba.Jieba()
    for word in dictionary_words():
        if segmenter.cut(word, hmm=False) != [word]:
            segmenter.add_word(word, segmenter.suggest_freq(word), "n")
    return segmenter


def cut(run: str, *, guess: bool) -> list[str]:
    """Words of a Han run and, before each long one, the known words inside it. `guess` lets unknown neighbours join to
    a word (HMM): good for sound, bad for ranking, where it glues product names to what stands beside them."""
    return list(_segmenter().cut_for_search(run, hmm=guess))


def locate(run: str, *, guess: bool) -> list[tuple[str, int, int]]:
    """As `cut`, with start and end in characters."""
    return list(_segmenter().tokenize(run, mode="search", hmm=guess))


def load() -> None:
    """Up to a second: called when a process starts, not by its first visitor."""
    _segmenter()
