"""A typed text to passes from strict to loose, as engine-neutral trees (search.md, section 4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

from search.analysis.concepts import Concepts, Tokens, query_words
from search.analysis.pinyin import pinyin_of, typed_pinyin
from search.analysis.streams import Word, bigrams_of, characters
from search.query.exclusion import matching
from search.query.marks import NO_MARKS, Marks, marks_of
from search.query.meant import MAX_PREFIXES, MAX_SPELLINGS, Meant
from search.query.tree import AllOf, AnyOf, BestOf, Node, OneOf, Term, times
from search.query.vocabulary import Vocabulary

MAX_TEXT = 100
MAX_WORDS = 12
MAX_NAMES = 48  # other names in one tree: an engine refuses trees of a thousand leaves
KEPT = 500  # plans

STRICT, LOOSE, RELAXED, CHARACTERS = "strict", "loose", "relaxed", "characters"

EXACT, BODY, OTHER_NAME, PAIR, PAIRS = 3.0, 1.0, 2.4, 2.0, 1.0
SOUND, TYPED_SOUND, INITIALS = 0.8, 1.5, 0.6
SOUND_PREFIX, WORD_PREFIX, SPELLING = 0.36, 0.45, 0.32
JOINED_SOUND, JOINED_PREFIX = 2.0, 0.41
NAME_BY_SOUND, NAME_BY_SPELLING, MOVED_GAP = 0.8, 0.5, 1.0
CORE = 3.0
COMPLETED = 0.4  # the likeliest completions of a prefix and their other names, by BM25 beside the constant
FEW = 3


@dataclass(frozen=True)
class Pass:
    """`excluded`: the hits of the passes before it."""

    name: str
    tree: Node
    excluded: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Plan:
    """`corrected`: the text with its unknown words replaced by the likeliest known ones; empty when there are none."""

    passes: tuple[Pass, ...]
    corrected: str = ""
    marks: Marks = NO_MARKS


_plans: WeakKeyDictionary[Vocabulary, WeakKeyDictionary[Concepts, dict[str, Plan]]] = WeakKeyDictionary()


def plan(text: str, concepts: Concepts, vocabulary: Vocabulary) -> Plan:
    """No pass at all when the text holds nothing to look for. Plans are kept, for people search the same words, as long
    as the concepts and the vocabulary they were made with."""
    text = text[:MAX_TEXT]
    kept = _plans.setdefault(vocabulary, WeakKeyDictionary()).setdefault(concepts, {})
    found = kept.get(text)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[text] = _plan(text, concepts, vocabulary)
    return found


def _plan(text: str, concepts: Concepts, vocabulary: Vocabulary) -> Plan:
    words = query_words(text)[:MAX_WORDS]
    maker = _Maker(words, concepts, vocabulary)
    passes = maker.passes() if words else []
    letters = tuple(dict.fromkeys(characters(text)))
    if letters:
        passes.append(Pass(CHARACTERS, AnyOf(tuple(Term("u", letter) for letter in letters))))
    widest = next((step.tree for step in passes if step.name == LOOSE), None)
    return Plan(tuple(_apart(passes)), maker.meant.corrected(), marks_of(widest) if widest else NO_MARKS)


@dataclass(frozen=True)
class _Unit:
    """Words that stand together, one or a name of several, and the other names of what they name. `is_core`: says what
    is wanted; places, grades, forms and amounts only say which."""

    words: tuple[Word, ...]
    others: tuple[Tokens, ...]
    is_core: bool


class _Maker:
    def __init__(self, words: Sequence[Word], concepts: Concepts, vocabulary: Vocabulary) -> None:
        self.words = tuple(words)
        self.concepts = concepts
        self.vocabulary = vocabulary
        self.units = self._units()
        self.meant = Meant(self.words, concepts, vocabulary)

    def passes(self) -> list[Pass]:
        strict = _all([self._exact_unit(unit) for unit in self.units])
        loose = [self._loose_unit(unit) for unit in self.units]
        return [
            Pass(STRICT, strict),
            Pass(LOOSE, _best([_all(loose), *self._whole(), *self._corrected_whole()])),
            *self._relaxed(),
        ]

    def _relaxed(self) -> list[Pass]:
        """Single characters beside other words come from a name nobody knows: they are left to the last pass. Whatever
        is only from the same place, or in a packing of the same weight, is not what was asked for."""
        units = [unit for unit in self.units if unit.others or len(unit.words) > 1 or not _is_single(unit.words[0])]
        if len(self.units) == 1:
            units = self.units
        if not units:
            return []
        some = AnyOf(tuple(self._weighed(unit) for unit in units))
        core = tuple(self._loose_unit(unit) for unit in units if unit.is_core)
        return [Pass(RELAXED, AllOf((matching(AnyOf(core)), some)) if 0 < len(core) < len(units) else some)]

    # ---------------------------------------------------------------- units and words

    def _units(self) -> list[_Unit]:
        matches = {match.start: match for match in self.concepts.match(self.words)}
        most = max(3, MAX_NAMES // max(1, len(matches)))
        units: list[_Unit] = []
        place = 0
        while place < len(self.words):
            match = matches.get(place)
            end = match.end if match else place + 1
            is_core = match.is_product if match else self.words[place].kind != "number"
            units.append(_Unit(self.words[place:end], match.others[:most] if match else (), is_core))
            place = end
        return units

    def _exact_unit(self, unit: _Unit) -> Node:
        return _either([self._exact(word) for word in unit.words], unit)

    def _loose_unit(self, unit: _Unit) -> Node:
        return _either([[*self._exact(word), *self._loose(word)] for word in unit.words], unit)

    def _weighed(self, unit: _Unit) -> Node:
        """What is wanted counts for more than where it comes from, or jujubes follow walnuts of the same province."""
        is_mixed = len({unit.is_core for unit in self.units}) > 1
        node = self._loose_unit(unit)
        return times(node, CORE) if unit.is_core and is_mixed else node

    def _exact(self, word: Word) -> list[Node]:
        found: list[Node] = [Term("words", word.token, EXACT), Term("body", word.token, BODY)]
        if word.kind == "han" and len(word.text) == 2:
            found.append(Term("bi", word.text, PAIR))
        elif word.kind == "han" and len(word.text) > 2:
            found.append(_all([Term("bi", pair, PAIRS) for pair in dict.fromkeys(bigrams_of(word.text))]))
        return found

    def _loose(self, word: Word) -> list[Node]:
        if word.kind == "han":
            return self._by_sound(word) if len(word.text) >= 2 else []
        if word.kind == "number":
            return []
        found: list[Node] = []
        if word.kind == "latin":
            found.extend(self._typed_sound(word.text, TYPED_SOUND, SOUND_PREFIX if self.meant.is_last(word) else 0))
            if len(word.text) >= 2:
                found.append(Term("py", f"_{word.text}", INITIALS))
        completions = self.meant.completions(word)
        found.extend(_one_of("words", completions, WORD_PREFIX))
        meant, heard = self.meant.written[word.token], self.meant.heard[word.token]
        found.extend([*_one_of("words", meant, SPELLING), *_one_of("py", heard, SPELLING)])
        for sound in heard[:1]:
            found.extend(_names(self.concepts.sounding(sound)[:MAX_SPELLINGS], NAME_BY_SPELLING))
        for token in completions[:FEW] if word.token not in self.vocabulary else ():
            found.append(Term("words", token, COMPLETED))
            found.extend(_names(self.concepts.named(token)[:MAX_SPELLINGS], COMPLETED))
        for token in meant[:1]:
            found.extend(_names(self.concepts.named(token)[:MAX_SPELLINGS], NAME_BY_SPELLING))
        return found

    # ---------------------------------------------------------------- the query as a whole

    def _whole(self) -> list[Node]:
        """Letters typed apart or changed by the stemmer are joined; a short Chinese query is taken by its sound."""
        kinds = {word.kind for word in self.words}
        text = "".join(word.text for word in self.words)
        if kinds == {"latin"} and (len(self.words) > 1 or self.words[0].token != text):
            return [*self._typed_sound(text, JOINED_SOUND, JOINED_PREFIX), *self._moved_gap(text)]
        if len(kinds) == 1 and not kinds.isdisjoint(("latin", "cyrillic")):
            return self._moved_gap(text)
        if kinds == {"han"} and 2 <= len(text) <= 6 and len(self.words) > 1:
            return self._by_sound(Word("han", text, text))
        return []

    def _corrected_whole(self) -> list[Node]:
        """A mistyped name of several words, by its other names."""
        if len(self.words) < 2 or not self.meant.is_any:
            return []
        names = self.concepts.named(*(word.token for word in self.meant.words()))
        return _names(names[:MAX_SPELLINGS], NAME_BY_SPELLING)

    def _moved_gap(self, text: str) -> list[Node]:
        """`camelm ilk`, `camelmilk`: two known words with the space elsewhere."""
        pair = self.vocabulary.apart(text) if len(self.words) <= 2 and self._has_unknown() else None
        if pair is None:
            return []
        names = self.concepts.named(*pair)[:MAX_SPELLINGS]
        return [*_names([pair], MOVED_GAP), *_names(names, NAME_BY_SPELLING)]

    def _has_unknown(self) -> bool:
        return any(word.token not in self.vocabulary for word in self.words)

    def _by_sound(self, word: Word) -> list[Node]:
        """One wrong character of the same sound; a word that names something itself is right as it is."""
        sound = pinyin_of(word.text)[0]
        names = () if self.concepts.named(word.token) else self.concepts.sounding(sound)
        return [Term("py", sound, SOUND), *_names(names, NAME_BY_SOUND)]

    def _typed_sound(self, letters: str, weight: float, prefix_score: float) -> list[Node]:
        found: list[Node] = []
        for sound in typed_pinyin(letters):
            found.append(Term("py", sound, weight))
            found.extend(_names(self.concepts.sounding(sound), NAME_BY_SOUND))
            if prefix_score and len(sound) >= 4:
                completions = self.vocabulary.sounds_from(sound, MAX_PREFIXES)
                found.extend(_one_of("py", completions, prefix_score))
                if not self.meant.is_sound(sound):
                    for likely in self.concepts.sounds_from(sound, FEW):
                        found.append(Term("py", likely, COMPLETED))
                        found.extend(_names(self.concepts.sounding(likely)[:MAX_SPELLINGS], COMPLETED))
        return found


def _is_single(word: Word) -> bool:
    return word.kind == "han" and len(word.text) == 1


def _apart(passes: Sequence[Pass]) -> Iterable[Pass]:
    """Whatever is strict is loose too and need not be left out twice."""
    earlier: dict[str, Node] = {}
    for step in passes:
        yield replace(step, excluded=tuple(earlier.values()))
        if step.name == LOOSE:
            earlier.pop(STRICT, None)
        earlier[step.name] = matching(step.tree)


def _names(names: Iterable[Tokens], weight: float) -> list[Node]:
    return [_all([Term("words", token, weight) for token in name]) for name in names]


def _one_of(field: str, tokens: tuple[str, ...], score: float) -> list[Node]:
    return [OneOf(field, tokens, score)] if tokens else []


def _either(words: Sequence[list[Node]], unit: _Unit) -> Node:
    """Another name, or all words by their alternatives; those of a single word beside the names, which is faster."""
    own = words[0] if len(words) == 1 else [_all([_best(parts) for parts in words])]
    return _best([*own, *_names(unit.others, OTHER_NAME)])


def _all(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _best(parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else BestOf(tuple(parts))
