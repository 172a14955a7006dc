"""A community of members: fitted once, changed member by member, asked for partners."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.answers import Ranked, Scores
from matchmaker.engine.approximate import candidates_of
from matchmaker.engine.artefact import ArtefactError, read_artefact, write_artefact
from matchmaker.engine.encoder import TextEncoder
from matchmaker.engine.evaluation import order
from matchmaker.engine.facts import Facts, fact_evidence
from matchmaker.engine.layer import Layer
from matchmaker.engine.lexicon import TextWeights
from matchmaker.engine.members import Member
from matchmaker.engine.pairing import Candidates, Forbidden
from matchmaker.engine.reasons import (
    Explanation,
    fact_reasons,
    interpreter_needed,
    text_reasons,
)
from matchmaker.engine.roster import StoredMembers, stored_arrays
from matchmaker.engine.scoring import (
    DEFAULT_WEIGHTS,
    Weights,
    band,
    fit_for_me,
    fits,
    joint_score,
)
from matchmaker.engine.table import Row, RowTable
from matchmaker.engine.vectors import Vectors

__all__ = ["DEFAULT_WEIGHTS", "Community", "Ranked", "Scores", "Weights", "band"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# Seekers from outside scored in one product; keeps the dense block near 100 MB at
# 100,000 members.
_BLOCK: Final = 64
# Changed members that are kept beside the fitted ones before both are joined.
_MOST_CHANGED: Final = 512


class Community:
    """Members with their vectors; the entrance of the engine.

    The fitted members lie in a layer that is never written to, so that it can be
    mapped from a file and shared by processes; who changed since lies in a small layer
    beside it.

    Parameters
    ----------
    weights
        Weights of the score.
    random_state
        Seed of everything that draws.
    encoder
        Adds what texts mean to the words they share, see ``fusion``.
    """

    def __init__(
        self,
        weights: Weights = DEFAULT_WEIGHTS,
        *,
        random_state: int = 0,
        encoder: TextEncoder | None = None,
    ) -> None:
        self.weights = weights
        self.random_state = random_state
        self.encoder = encoder
        self.read_by = ""  # Which encoder made the vectors, here or elsewhere.

    def fit(self, members: Sequence[Member]) -> Self:
        """Learn the vocabulary of the members and compute their vectors.

        Raises
        ------
        ValueError
            If two members share an id.
        """
        ordered = sorted(members, key=lambda member: member.id)
        known = {member.id: member for member in ordered}
        if len(known) != len(ordered):
            raise ValueError("two members share an id")
        self.read_by = self.encoder.name if self.encoder else ""
        vectors = self._unfitted()
        self.vectors_, have_rows = vectors.fit(ordered)
        self._words: dict[str, dict[str, int]] = {}
        self._settle(list(known), known, self._layer(ordered, have_rows))
        self.vectors_.forget()
        return self

    def _unfitted(self) -> Vectors:
        return Vectors(
            self.weights.texts, random_state=self.random_state, encoder=self.encoder
        )

    def _settle(
        self, ids: list[str], members: Mapping[str, Member], layer: Layer
    ) -> None:
        """Take a layer as the fitted one, ids in ascending order."""
        self.base_, self._base_ids, self._stored = layer, ids, members
        self._base_at = {member_id: at for at, member_id in enumerate(ids)}
        self._changed: dict[str, Member] = {}
        self._gone: set[str] = set()
        self.fresh_ = self._layer([])
        self._rearrange()

    def _layer(
        self,
        members: Sequence[Member],
        have_rows: Sequence[Sequence[Row]] | None = None,
    ) -> Layer:
        if have_rows is None:
            self.vectors_.encode(members)
            have_rows = [self.vectors_.haves(member) for member in members]
        want_rows = [self.vectors_.wants(member) for member in members]
        size = self.vectors_.lexicon_.size
        return Layer(
            RowTable.build(want_rows, size),
            RowTable.build(have_rows, size),
            Facts.build(members, self._words),
        )

    def _rearrange(self) -> None:
        """Bring ids and positions in line with who is here."""
        kept = [at for one, at in self._base_at.items() if one not in self._gone]
        self._kept: IntArray = np.array(kept, np.int64)
        self.ids: list[str] = [self._base_ids[at] for at in kept]
        self.ids.extend(self._changed)
        self._position = {known: position for position, known in enumerate(self.ids)}

    def _forget(self, member_id: str) -> None:
        """Take a member out of both layers, if they are there."""
        if member_id in self._changed:
            rest = [at for at, one in enumerate(self._changed) if one != member_id]
            self.fresh_ = self.fresh_.take(np.array(rest, np.int64))
            del self._changed[member_id]
        if member_id in self._base_at:
            self._gone.add(member_id)

    def put(self, member: Member) -> None:
        """Add a member, or replace the one with the same id; the vocabulary stays."""
        self._forget(member.id)
        self.fresh_ = self.fresh_.join(self._layer([member]))
        self._changed[member.id] = member
        self._rearrange()
        if len(self._changed) > _MOST_CHANGED:
            self.settle()

    def remove(self, member_id: str) -> None:
        """Take a member out.

        Raises
        ------
        KeyError
            If there is no such member.
        """
        if member_id not in self._position:
            raise KeyError(member_id)
        self._forget(member_id)
        self._rearrange()

    def settle(self) -> None:
        """Join the changed members with the fitted ones, in the order of their ids."""
        if not self._changed and not self._gone:
            return
        joined = self.base_.take(self._kept).join(self.fresh_)
        places = sorted(range(len(self.ids)), key=lambda at: self.ids[at])
        ids = [self.ids[at] for at in places]
        members = {member_id: self.member(member_id) for member_id in ids}
        self._settle(ids, members, joined.take(np.array(places, np.int64)))

    def snapshot(self) -> "Community":
        """Return the community as it is now; later changes do not reach it."""
        self.settle()
        found = copy(self)
        found._settle(self._base_ids, self._stored, self.base_)  # noqa: SLF001
        return found

    def member(self, member_id: str) -> Member:
        """Return a member as last put.

        Raises
        ------
        KeyError
            If there is no such member.
        """
        found = self._changed.get(member_id)
        if found is None and member_id not in self._gone:
            found = self._stored[member_id]
        if found is None:
            raise KeyError(member_id)
        return found

    def view(self, member: Member) -> Layer:
        """Return a layer of one member, who need not belong to the community."""
        at = self._position.get(member.id)
        if at is None or self.member(member.id) != member:
            return self._layer([member])
        if at < len(self._kept):
            return self.base_.take(self._kept[[at]])
        return self.fresh_.take(np.array([at - len(self._kept)]))

    def score(self, member_id: str) -> Scores:
        """Return the scores of a member against everybody, themselves included.

        Raises
        ------
        KeyError
            If there is no such member.
        """
        return self.score_member(self.member(member_id))

    def score_member(self, member: Member) -> Scores:
        """Return the scores of any member, known or not, against the community."""
        own = self.view(member)
        fitted = fits(own, self.base_, self.weights)
        changed = fits(own, self.fresh_, self.weights)
        mine, theirs = (
            np.concatenate([one[0, self._kept], other[0]])
            for one, other in zip(fitted, changed, strict=True)
        )
        return Scores(mine, theirs, joint_score(mine, theirs))

    def fit_for_me(self, seekers: Sequence[Member]) -> FloatArray:
        """Return how well each member meets what seekers from outside need.

        Returns
        -------
        FloatArray
            Shape ``(seekers, members)``, in (0, 1).
        """
        found = np.zeros((len(seekers), len(self.ids)))
        self.settle()
        for start in range(0, len(seekers), _BLOCK):
            block = self._layer(seekers[start : start + _BLOCK])
            found[start : start + _BLOCK] = fit_for_me(block, self.base_, self.weights)
        return found

    def top(
        self,
        member_id: str,
        *,
        k: int,
        forbidden: Collection[str] = (),
        by: Literal["joint", "fit_for_me"] = "joint",
    ) -> list[Ranked]:
        """Return the ``k`` best partners of a member, best first, ties by id.

        The member and everybody in ``forbidden`` are left out.
        """
        scores = self.score(member_id)
        allowed = np.ones(len(self.ids), bool)
        for known in {member_id, *forbidden} & self._position.keys():
            allowed[self._position[known]] = False
        places = np.flatnonzero(allowed)
        value: FloatArray = getattr(scores, by)
        chosen = order(value[places], [self.ids[at] for at in places], k)
        return [
            Ranked(
                self.ids[at],
                float(scores.fit_for_me[at]),
                float(scores.fit_for_them[at]),
                float(scores.joint[at]),
            )
            for at in places[chosen].tolist()
        ]

    def explain(self, seeker_id: str, candidate_id: str) -> Explanation:
        """Return the scores of a pair and the reasons, the strongest first.

        Raises
        ------
        KeyError
            If one of them is no member.
        """
        seeker, candidate = self.member(seeker_id), self.member(candidate_id)
        own, other = self.view(seeker), self.view(candidate)
        for_me, for_them = fits(own, other, self.weights)
        evidence = fact_evidence(own.facts, other.facts).of_pair(0, 0)
        reasons = [
            *text_reasons(
                (seeker, candidate),
                (own, other),
                self.vectors_,
                self.weights,
                "for_me",
            ),
            *text_reasons(
                (candidate, seeker),
                (other, own),
                self.vectors_,
                self.weights,
                "for_them",
            ),
            *fact_reasons(seeker, candidate, evidence, self.weights),
        ]
        return Explanation(
            float(for_me[0, 0]),
            float(for_them[0, 0]),
            float(joint_score(for_me, for_them)[0, 0]),
            tuple(sorted(reasons, key=lambda reason: -reason.contribution)),
            interpreter_needed(seeker, candidate),
        )

    def candidates(
        self,
        *,
        k: int,
        forbidden: Forbidden | None = None,
        spread: bool = True,
        progress: Callable[[int, int], None] | None = None,
    ) -> Candidates:
        """Return the best ``k`` partners of everybody at once, see ``pairing``.

        Exact up to a million members; beyond, found by vectors and scored exactly.
        """
        self.settle()
        find = partial(candidates_of, k=k, forbidden=forbidden, spread=spread)
        return find((self.base_, self.ids, self.weights), progress=progress)

    def all_top(
        self, *, k: int, forbidden: Forbidden | None = None
    ) -> Iterator[tuple[str, list[Ranked]]]:
        """Yield the list of every member in ascending order of their ids."""
        found = self.candidates(k=k, forbidden=forbidden, spread=False)
        for at, member_id in enumerate(self.ids):
            yield (
                member_id,
                [
                    Ranked(self.ids[other], *map(float, gains))
                    for other, *gains in zip(
                        found.places[at].tolist(),
                        found.for_me[at],
                        found.for_them[at],
                        found.joint[at],
                        strict=True,
                    )
                    if other >= 0
                ],
            )

    def save(self, path: Path | str) -> str:
        """Write the community to one file and return its hash."""
        self.settle()
        head = {
            "weights": asdict(self.weights),
            "random_state": self.random_state,
            "encoder": self.read_by,
            "ids": self.ids,
            "lexicon": self.vectors_.lexicon_.state(),
            "spoken": self.vectors_.words_,
            "words": self._words,
        }
        members = stored_arrays([self.member(known) for known in self.ids])
        return write_artefact(Path(path), head, {**self.base_.arrays(), **members})

    @classmethod
    def load(cls, path: Path | str, *, encoder: TextEncoder | None = None) -> Self:
        """Read a community back; its numbers stay in the file and are shared.

        Raises
        ------
        ArtefactError
            If the file is missing, damaged, of another schema or another encoder.
            Without an encoder members put later match by words alone.
        """
        head, arrays = read_artefact(Path(path))
        try:
            texts = TextWeights(**head["weights"].pop("texts"))
            weights = Weights(**head["weights"], texts=texts)
            community = cls(weights, random_state=head["random_state"], encoder=encoder)
            community.read_by = head["encoder"]
            community._restore(head, arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise ArtefactError(f"{path}: incomplete model ({error})") from error
        if encoder and encoder.name != community.read_by:
            raise ArtefactError(f"{path}: made by {community.read_by or 'no encoder'}")
        return community

    def _restore(self, head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        self.vectors_ = self._unfitted().restore(head["lexicon"], head["spoken"])
        self._words = head["words"]
        size = self.vectors_.lexicon_.size
        texts, offsets = arrays.pop("members.text"), arrays.pop("members.offsets")
        members = StoredMembers(head["ids"], texts, offsets)
        self._settle(head["ids"], members, Layer.from_arrays(arrays, self._words, size))
