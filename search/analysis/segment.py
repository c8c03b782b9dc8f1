"""Chinese words by rjieba, with the instance it makes when it is imported: another one would cost as much again (24 MiB
and a tenth of a second). Whoever runs these apps in one process with others that use rjieba shares its words with them.

The dictionary (`data/concepts.txt`) decides what is one word, so its content is part of the index version."""

from functools import cache
from types import ModuleType

from search.analysis.dictionary import dictionary_words


@cache
def _segmenter() -> ModuleType:
    """Words that rjieba would cut get the least weight that keeps them in one piece."""
    import rjieba  # reads its dictionary: not at the start of every command that cuts no words

    for word in dictionary_words():
        if rjieba.cut(word, hmm=False) != [word]:
            rjieba.add_word(word, rjieba.suggest_freq(word), "n")
    return rjieba


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
