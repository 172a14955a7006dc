"""A community of members: fitted once, changed member by member, asked for partners."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self

import numpy as np
from numpy.typing import NDArray

from matchmaker.engine.artefact import ArtefactError, read_artefact, write_artefact
from matchmaker.engine.bridges import Bridges
from matchmaker.engine.evaluation import order
from matchmaker.engine.facts import Facts, fact_evidence
from matchmaker.engine.lexicon import Lexicon, TextWeights
from matchmaker.engine.members import Member, MemberError, member_from_object
from matchmaker.engine.profile import FIELD
from matchmaker.engine.reasons import (
    Explanation,
    fact_reasons,
    interpreter_needed,
    text_reasons,
)
from matchmaker.engine.scoring import (
    DEFAULT_WEIGHTS,
    Weights,
    band,
    joint_score,
    logit,
    probability,
    text_match,
)
from matchmaker.engine.table import Row, RowsOf, RowTable, rows_of
from matchmaker.engine.vectors import Vectors

__all__ = [
    "DEFAULT_WEIGHTS",
    "Community",
    "Explanation",
    "Ranked",
    "Scores",
    "Weights",
    "band",
]

FloatArray = NDArray[np.float64]

# Seekers scored in one product; keeps the dense block near 100 MB at 100,000 members.
_BLOCK: Final = 64


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one seeker against all members, in the order of ``Community.ids``."""

    fit_for_me: FloatArray
    fit_for_them: FloatArray
    joint: FloatArray


@dataclass(frozen=True, slots=True)
class Ranked:
    """One place in a list of proposals."""

    candidate_id: str
    fit_for_me: float
    fit_for_them: float
    joint: float


@dataclass(frozen=True, slots=True)
class View:
    """A seeker's own rows and facts."""

    wants: RowsOf
    haves: RowsOf
    facts: Facts


class Community:
    """Members with their vectors; the entrance of the engine.

    Parameters
    ----------
    weights
        Weights of the score.
    random_state
        Seed of everything that draws.
    """

    def __init__(
        self, weights: Weights = DEFAULT_WEIGHTS, *, random_state: int = 0
    ) -> None:
        self.weights = weights
        self.random_state = random_state

    def fit(self, members: Sequence[Member]) -> Self:
        """Learn the vocabulary of the members and compute their vectors.

        Raises
        ------
        ValueError
            If two members share an id.
        """
        ordered = sorted(members, key=lambda member: member.id)
        self.members_ = {member.id: member for member in ordered}
        if len(self.members_) != len(ordered):
            raise ValueError("two members share an id")
        vectors = Vectors(self.weights.texts, random_state=self.random_state)
        self.vectors_, rows = vectors.fit(ordered)
        self.ids: list[str] = [member.id for member in ordered]
        self._position = {member_id: at for at, member_id in enumerate(self.ids)}
        self.wants_, self.haves_, self.facts_ = RowTable(), RowTable(), Facts()
        self._splice(0, 0, ordered, rows)
        self.vectors_.forget()
        return self

    def _splice(
        self,
        at: int,
        count: int,
        members: Sequence[Member],
        have_rows: Sequence[Sequence[Row]] | None = None,
    ) -> None:
        if have_rows is None:
            have_rows = [self.vectors_.haves(member) for member in members]
        self.haves_.splice(at, count, have_rows)
        want_rows = [self.vectors_.wants(member) for member in members]
        self.wants_.splice(at, count, want_rows)
        self.facts_.splice(at, count, self.facts_.rows(members))

    def put(self, member: Member) -> None:
        """Add a member, or replace the one with the same id; the vocabulary stays."""
        at = self._position.get(member.id)
        if at is None:
            self._position[member.id] = at = len(self.ids)
            self.ids.append(member.id)
            self._splice(at, 0, [member])
        else:
            self._splice(at, 1, [member])
        self.members_[member.id] = member

    def remove(self, member_id: str) -> None:
        """Take a member out.

        Raises
        ------
        KeyError
            If there is no such member.
        """
        at = self._position[member_id]
        self._splice(at, 1, [])
        del self.ids[at], self.members_[member_id]
        self._position = {known: position for position, known in enumerate(self.ids)}

    def view(self, member: Member) -> View:
        """Return the rows of a member, who need not belong to the community."""
        at = self._position.get(member.id)
        size = self.vectors_.lexicon_.size
        if at is not None and self.members_[member.id] == member:
            return View(
                self.wants_.part(at, 1, size),
                self.haves_.part(at, 1, size),
                self.facts_.part(slice(at, at + 1)),
            )
        want_rows, have_rows = (
            [self.vectors_.wants(member)],
            [self.vectors_.haves(member)],
        )
        size = self.vectors_.lexicon_.size
        facts = self.facts_.rows([member])
        return View(rows_of(want_rows, size), rows_of(have_rows, size), facts)

    def score(self, member_id: str) -> Scores:
        """Return the scores of a member against everybody, themselves included.

        Raises
        ------
        KeyError
            If there is no such member.
        """
        return self.score_member(self.members_[member_id])

    def score_member(self, member: Member) -> Scores:
        """Return the scores of any member, known or not, against the community."""
        if not self.ids:
            return Scores(np.zeros(0), np.zeros(0), np.zeros(0))
        own = self.view(member)
        size = self.vectors_.lexicon_.size
        everybody = len(self.ids)
        wants, haves = (
            table.part(0, everybody, size) for table in (self.wants_, self.haves_)
        )
        mine, theirs = fact_evidence(own.facts, self.facts_)
        power = self.weights.power
        for_me = self._fit(
            text_match(own.wants, haves, power)[0], mine, _stated(own.wants)
        )
        gain = text_match(wants, own.haves, power)[:, 0]
        for_them = self._fit(gain, theirs, _stated(wants))
        return Scores(for_me, for_them, joint_score(for_me, for_them))

    def fit_for_me(self, seekers: Sequence[Member]) -> FloatArray:
        """Return how well each member meets what seekers from outside need.

        Returns
        -------
        FloatArray
            Shape ``(seekers, members)``, in (0, 1).
        """
        found = np.zeros((len(seekers), len(self.ids)))
        for start in range(0, len(seekers), _BLOCK):
            block = seekers[start : start + _BLOCK]
            rows = [self.vectors_.wants(member) for member in block]
            size = self.vectors_.lexicon_.size
            wants, haves = rows_of(rows, size), self.haves_.part(0, len(self.ids), size)
            text = text_match(wants, haves, self.weights.power)
            stated = _stated(wants)
            for at, member in enumerate(block):
                mine, _ = fact_evidence(self.facts_.rows([member]), self.facts_)
                found[start + at] = self._fit(text[at], mine, stated[at : at + 1])
        return found

    def _fit(
        self, text: FloatArray, facts: FloatArray, stated: FloatArray
    ) -> FloatArray:
        return probability(logit(text, facts, stated, self.weights))

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
        seeker, candidate = self.members_[seeker_id], self.members_[candidate_id]
        own, other = self.view(seeker), self.view(candidate)
        mine, theirs = fact_evidence(own.facts, other.facts)
        power = self.weights.power
        for_me = self._fit(
            text_match(own.wants, other.haves, power)[0], mine, _stated(own.wants)
        )
        gain = text_match(other.wants, own.haves, power)[0]
        for_them = self._fit(gain, theirs, _stated(other.wants))
        reasons = [
            *text_reasons(
                (seeker, candidate),
                (own.wants, other.haves),
                self.vectors_,
                self.weights,
                "for_me",
            ),
            *text_reasons(
                (candidate, seeker),
                (other.wants, own.haves),
                self.vectors_,
                self.weights,
                "for_them",
            ),
            *fact_reasons(seeker, candidate, (mine[0], theirs[0]), self.weights),
        ]
        return Explanation(
            float(for_me[0]),
            float(for_them[0]),
            float(joint_score(for_me, for_them)[0]),
            tuple(sorted(reasons, key=lambda reason: -reason.contribution)),
            interpreter_needed(seeker, candidate),
        )

    def all_top(
        self,
        *,
        k: int,
        forbidden: Callable[[str], Collection[str]] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Iterator[tuple[str, list[Ranked]]]:
        """Yield the list of every member in the order of ``ids``."""
        everybody = list(self.ids)
        for done, member_id in enumerate(everybody, start=1):
            banned = forbidden(member_id) if forbidden else ()
            yield member_id, self.top(member_id, k=k, forbidden=banned)
            if progress:
                progress(done, len(everybody))

    def save(self, path: Path | str) -> str:
        """Write the community to one file and return its hash."""
        head = {
            "weights": asdict(self.weights),
            "random_state": self.random_state,
            "ids": self.ids,
            "members": [asdict(self.members_[known]) for known in self.ids],
            "lexicon": self.vectors_.lexicon_.state(),
            "spoken": self.vectors_.words_,
            "words": self.facts_.words,
        }
        parts = {
            "wants": self.wants_.arrays(),
            "haves": self.haves_.arrays(),
            "facts": self.facts_.arrays(),
        }
        arrays = {
            f"{part}.{name}": array
            for part, found in parts.items()
            for name, array in found.items()
        }
        return write_artefact(Path(path), head, arrays)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read a community back.

        Raises
        ------
        ArtefactError
            If the file is missing, damaged, or of another schema.
        """
        head, arrays = read_artefact(Path(path))
        try:
            texts = TextWeights(**head["weights"].pop("texts"))
            weights = Weights(**head["weights"], texts=texts)
            community = cls(weights, random_state=head["random_state"])
            community._restore(head, arrays)
        except (KeyError, TypeError, MemberError) as error:
            raise ArtefactError(f"{path}: incomplete model ({error})") from error
        return community

    def _restore(self, head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
        parts: dict[str, dict[str, NDArray[Any]]] = {
            "wants": {},
            "haves": {},
            "facts": {},
        }
        for name, array in arrays.items():
            part, _, rest = name.partition(".")
            parts[part][rest] = array
        members = [member_from_object(value) for value in head["members"]]
        self.ids = head["ids"]
        self.members_ = dict(zip(self.ids, members, strict=True))
        self._position = {known: position for position, known in enumerate(self.ids)}
        self.vectors_ = Vectors(self.weights.texts, random_state=self.random_state)
        self.vectors_.lexicon_ = Lexicon.from_state(self.weights.texts, head["lexicon"])
        self.vectors_.words_ = head["spoken"]
        self.vectors_.bridges_ = Bridges(head["spoken"])
        self.wants_ = RowTable.from_arrays(parts["wants"])
        self.haves_ = RowTable.from_arrays(parts["haves"])
        self.facts_ = Facts.from_arrays(head["words"], parts["facts"])


def _stated(rows: RowsOf) -> FloatArray:
    """Return 1 for members who stated a want, 0 for those of whom it is not known."""
    return np.asarray(rows.kinds[rows.starts] != FIELD, float)
