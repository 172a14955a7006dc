"""What any user could assemble from parts, on the same set: BM25 and chance."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matchmaker.engine.members import Member
from matchmaker.vocabulary.analyzer import tokenize

FloatArray = NDArray[np.float64]

# The values of Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
# Beyond" (2009), which most search engines ship.
_K1: Final = 1.2
_B: Final = 0.75


def _words(member: Member, *, needs: bool) -> Counter[str]:
    items = member.needs if needs else member.offers
    texts = [item.text for item in items]
    if not needs:
        texts.append(member.about)
    return Counter(token.term for text in texts for token in tokenize(text))


def bm25_scores(candidates: Sequence[Member], seekers: Sequence[Member]) -> FloatArray:
    """Score candidates by BM25 over their joined texts.

    Returns
    -------
    FloatArray
        Shape ``(seekers, candidates)``; 0 where no word is shared.
    """
    documents = [_words(member, needs=False) for member in candidates]
    column: dict[str, int] = {}
    for document in documents:
        for term in document:
            column.setdefault(term, len(column))
    total = len(documents)
    lengths = [sum(document.values()) for document in documents]
    mean = sum(lengths) / total or 1.0
    counts = Counter(term for document in documents for term in document)
    rows, columns, values = [], [], []
    for at, document in enumerate(documents):
        norm = _K1 * (1 - _B + _B * lengths[at] / mean)
        for term, count in document.items():
            rarity = math.log(1 + (total - counts[term] + 0.5) / (counts[term] + 0.5))
            rows.append(at)
            columns.append(column[term])
            values.append(rarity * count * (_K1 + 1) / (count + norm))
    width = max(len(column), 1)
    index = csr_array((values, (rows, columns)), shape=(total, width))
    return _products(index, column, seekers)


def _products(
    index: csr_array, column: dict[str, int], seekers: Sequence[Member]
) -> FloatArray:
    """Return the sum over the words of each need, ``(seekers, documents)``."""
    scores = np.zeros((len(seekers), index.shape[0]))
    turned = index.T.tocsr()
    for at, seeker in enumerate(seekers):
        wanted = _words(seeker, needs=True)
        known = [
            (column[term], count) for term, count in wanted.items() if term in column
        ]
        for place, count in sorted(known):
            own = slice(turned.indptr[place], turned.indptr[place + 1])
            scores[at, turned.indices[own]] += count * turned.data[own]
    return scores


def random_scores(seekers: int, candidates: int, *, random_state: int) -> FloatArray:
    """Score by chance, shape ``(seekers, candidates)``, uniform in [0, 1)."""
    return np.random.default_rng(random_state).random((seekers, candidates))
