"""Which distinct names look alike enough to be put before a person?

Likeness proves nothing and joins nothing; it only orders a queue. The work grows with the number of
names, not with its square: names are compared only within blocks (a shared word, pair of words,
beginning or ending), and in a large block only with their neighbours.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from attrs import frozen
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

LEAST_LIKENESS = 0.4
JOINERS = frozenset({"AND", "OF", "THE", "FOR", "AT", "IN", "ON", "TO"})
_FIRST_WORD = 1.5  # the first word of a name tells most
_WORDS_HELD = 6  # words of a name that are looked at
_WIDE, _NARROW = 25, 150  # units in a block: up to the first all pairs, above the second few
_CHUNK = 50_000


@frozen
class LikelyPairs:
    """For each name the names most like it: places of both, and their likeness (0 to 1).

    Ordered by `left`, likest first; a pair may stand under both its names.
    """

    left: NDArray[np.int64]
    right: NDArray[np.int64]
    likeness: NDArray[np.float32]


def likely_pairs(
    words: Sequence[tuple[str, ...]],
    texts: Sequence[str],
    suppliers: NDArray[np.int64],
    *,
    depth: int = 5,
) -> LikelyPairs:
    """Return, for each name, up to `depth` other suppliers' names that are most like it.

    words      (name,)  the words of each distinct name
    texts      (name,)  the same, run together
    suppliers  (name,)  the supplier that each already belongs to
    """
    table = _table(words, texts)
    count = len(texts)
    pairs = _pairs(table)
    kept = np.zeros(len(pairs), dtype=bool)
    likeness = np.zeros(len(pairs), dtype=np.float32)
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        left, right = chunk // count, chunk % count
        apart = np.flatnonzero(suppliers[left] != suppliers[right])
        if len(apart):
            found = _likeness(table, left[apart], right[apart])
            likeness[start + apart] = found
            kept[start + apart] = found >= LEAST_LIKENESS
    pairs, likeness = pairs[kept], likeness[kept]
    one, other = (pairs // count).astype(np.int32), (pairs % count).astype(np.int32)
    del pairs, kept, table
    left, right = np.concatenate([one, other]), np.concatenate([other, one])
    likeness = np.concatenate([likeness, likeness])
    order = np.lexsort((right, -likeness, suppliers[right], left))
    left, right, likeness = left[order], right[order], likeness[order]
    best = np.ones(len(left), dtype=bool)  # of the names of one supplier, the likest
    best[1:] = (left[1:] != left[:-1]) | (suppliers[right[1:]] != suppliers[right[:-1]])
    left, right, likeness = left[best], right[best], likeness[best]
    order = np.lexsort((right, -likeness, left))
    starts = np.searchsorted(left[order], np.arange(count, dtype=np.int32))
    order = order[np.arange(len(order)) - starts[left[order]] < depth]
    return LikelyPairs(left[order].astype(np.int64), right[order].astype(np.int64), likeness[order])


@frozen
class _Table:
    """Distinct names, ready for comparing."""

    texts: Sequence[str]
    word_ids: NDArray[np.int32]  # (name, word) -1 where none
    stem_ids: NDArray[np.int32]  # (name, word) of the first four letters
    spelt_ids: NDArray[np.int32]  # (name,) of a name that is one short word, such as RNIB
    initial_ids: NDArray[np.int32]  # (name,) of the initials of a longer name
    weights: NDArray[np.float32]  # (name, word) rarity of the word
    blocks: NDArray[np.int32]  # (membership,) the block
    owners: NDArray[np.int32]  # (membership,) the name in it


def _table(words: Sequence[tuple[str, ...]], texts: Sequence[str]) -> _Table:
    count = len(words)
    frequency: dict[str, int] = defaultdict(int)
    for name in words:
        for word in set(name):
            frequency[word] += 1
    ids: dict[str, int] = {}
    stems: dict[str, int] = {}
    acronyms: dict[str, int] = {}
    blocks: dict[str, int] = {}
    word_ids = np.full((count, _WORDS_HELD), -1, dtype=np.int32)
    stem_ids = np.full((count, _WORDS_HELD), -2, dtype=np.int32)
    shares = np.ones((count, _WORDS_HELD), dtype=np.float32)
    spelt_ids = np.full(count, -1, dtype=np.int32)
    initial_ids = np.full(count, -2, dtype=np.int32)
    in_block = array("i")
    owners = array("i")
    for place, name in enumerate(words):
        held = name[:_WORDS_HELD]
        for column, word in enumerate(held):
            word_ids[place, column] = ids.setdefault(word, len(ids))
            if len(word) >= 4:
                stem_ids[place, column] = stems.setdefault(word[:4], len(stems))
            shares[place, column] = frequency[word] / (count + 1)
        initials = _initials(held)
        if len(held) == 1 and 3 <= len(held[0]) <= 6:
            spelt_ids[place] = acronyms.setdefault(held[0], len(acronyms))
        elif 3 <= len(initials) <= 6:
            initial_ids[place] = acronyms.setdefault(initials, len(acronyms))
        for key in _block_keys(held, initials):
            in_block.append(blocks.setdefault(key, len(blocks)))
            owners.append(place)
    weights = np.where(word_ids >= 0, 0.1 - np.log(shares), 0).astype(np.float32)
    weights[:, 0] *= _FIRST_WORD
    return _Table(
        texts=texts,
        word_ids=word_ids,
        stem_ids=stem_ids,
        spelt_ids=spelt_ids,
        initial_ids=initial_ids,
        weights=weights,
        blocks=np.frombuffer(in_block, dtype=np.int32),
        owners=np.frombuffer(owners, dtype=np.int32),
    )


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words if word not in JOINERS)


def _block_keys(words: tuple[str, ...], initials: str) -> list[str]:
    telling = [word for word in words if word not in JOINERS]
    keys = [word for word in telling if len(word) > 1]
    keys += [f"{one}+{other}" for one, other in pairwise(telling)]
    keys += ["5" + word[:5] for word in telling if len(word) > 5]
    run = "".join(telling)
    keys.append("7" + run[:7])
    if len(run) > 12:
        keys.append("e" + run[-8:])
    if 3 <= len(initials) <= 6:
        keys.append(initials)
    return list(dict.fromkeys(keys))


def _pairs(table: _Table) -> NDArray[np.int64]:
    """Pairs of names that share a block, each once, as left * count + right.

    Every pair within a small block; in larger ones each name with its neighbours in alphabetical
    order only.
    """
    count = len(table.texts)
    if count < 2:
        return np.empty(0, dtype=np.int64)
    rank = np.empty(count, dtype=np.int32)
    rank[sorted(range(count), key=table.texts.__getitem__)] = np.arange(count, dtype=np.int32)
    sizes = np.bincount(table.blocks)
    kept = sizes[table.blocks] > 1
    blocks, owner = table.blocks[kept], table.owners[kept]
    by_block = np.lexsort((rank[owner], blocks))
    blocks, owner = blocks[by_block], owner[by_block]
    size = sizes[blocks]
    reach = np.where(size <= _WIDE, _WIDE - 1, np.where(size <= _NARROW, 10, 4))
    found = []
    for step in range(1, _WIDE):
        here, there = slice(None, -step), slice(step, None)
        same = (blocks[here] == blocks[there]) & (reach[here] >= step)
        one, other = owner[here][same].astype(np.int64), owner[there][same].astype(np.int64)
        low, high = np.minimum(one, other), np.maximum(one, other)
        found.append(low[low < high] * count + high[low < high])
    pairs = np.concatenate(found)
    pairs.sort()  # sorting and looking at neighbours beats np.unique, whose hash meets these badly
    first = np.ones(len(pairs), dtype=bool)
    first[1:] = pairs[1:] != pairs[:-1]
    return pairs[first]


def _likeness(
    table: _Table, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float32]:
    """How alike each pair of names is, 0 to 1.

    left, right  (pair,)  places of names
    returns      (pair,)  a fifth each for: rare words of the shorter name found in the other, rare
                 words in common, the rarity of what is shared; three tenths for a like beginning,
                 a tenth for like letters. An acronym and its words count as 0.85 at least.

    The weights are judgements, tried on published numbers; only the order of the results is used.
    """
    one, other = table.word_ids[left], table.word_ids[right]
    exact = (one[:, :, None] == other[:, None, :]) & (one >= 0)[:, :, None]
    one, other = table.stem_ids[left], table.stem_ids[right]
    stem = (one[:, :, None] == other[:, None, :]) & (one >= 0)[:, :, None]
    near = np.float32(0.6)  # the same first four letters
    zero = np.float32(0.0)
    in_right = np.where(exact.any(axis=2), 1, np.where(stem.any(axis=2), near, zero))
    in_left = np.where(exact.any(axis=1), 1, np.where(stem.any(axis=1), near, zero))
    weight_left, weight_right = table.weights[left], table.weights[right]
    total_left, total_right = weight_left.sum(axis=1), weight_right.sum(axis=1)
    shared_left = (in_right * weight_left).sum(axis=1)
    shared_right = (in_left * weight_right).sum(axis=1)
    inside = np.maximum(shared_left / total_left, shared_right / total_right)
    common = (shared_left + shared_right) / (total_left + total_right)
    rarity = np.minimum(np.maximum(shared_left, shared_right) / 15, 1)
    lefts = [table.texts[place] for place in left]
    rights = [table.texts[place] for place in right]
    letters = process.cpdist(lefts, rights, scorer=fuzz.ratio, dtype=np.float32) / 100
    begins = process.cpdist(lefts, rights, scorer=JaroWinkler.similarity, dtype=np.float32)
    likeness = 0.2 * inside + 0.2 * common + 0.2 * rarity + 0.1 * letters + 0.3 * begins
    acronym = (table.spelt_ids[left] == table.initial_ids[right]) | (
        table.initial_ids[left] == table.spelt_ids[right]
    )
    found: NDArray[np.float32] = np.where(acronym, np.maximum(likeness, 0.85), likeness).astype(
        np.float32
    )
    return found
