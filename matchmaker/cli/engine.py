"""Commands that work on files alone: evaluate, recommend."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matchmaker.cli.common import InputError, encoder_folder, know_own_terms
from matchmaker.cli.reviews import tell_reviewed
from matchmaker.cli.telling import LANGUAGES, tell_list, tell_report

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from matchmaker.engine.encoder import TextEncoder
    from matchmaker.engine.evaluation_set import EvaluationSet
    from matchmaker.engine.lists import Policy
    from matchmaker.engine.members import Member
    from matchmaker.engine.reasons import Explanation


def _scored(
    candidates: "Sequence[Member]",
    found: "EvaluationSet",
    encoder: "TextEncoder | None",
    *,
    train: bool,
) -> "tuple[NDArray[np.float64], dict[str, float]]":
    """Return scores ``(seekers, candidates)`` and the seconds they took."""
    from matchmaker.engine.community import Community
    from matchmaker.engine.learning import DealRanker

    started = time.perf_counter()
    if train:
        score = DealRanker().fit(candidates, found.deals).score
    else:
        score = Community(encoder=encoder).fit(candidates).fit_for_me
    fitted = time.perf_counter()
    scores = score(found.seekers)
    ranked = time.perf_counter()
    seconds = {"fit": round(fitted - started, 3), "rank": round(ranked - fitted, 3)}
    return scores, seconds


@click.command()
@click.argument(
    "folder", metavar="[SET]", required=False, type=click.Path(path_type=Path)
)
@click.option(
    "--reviewed",
    is_flag=True,
    help="Judge the live model by the blind review of this site instead of a SET.",
)
@click.option(
    "--split", default="dev", show_default=True, help="Folder with the seekers."
)
@click.option("--encoder", type=click.Choice(["default", "neural"]), default="default")
@click.option(
    "--model", default="", help="Folder or name of a sentence-transformers model."
)
@click.option("--train", is_flag=True, help="Learn from the set's earlier deals first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--rankings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the top 100.",
)
@click.option(
    "--slices",
    is_flag=True,
    help="Also by country, language and sector of the seekers, and who is shown.",
)
def evaluate(  # noqa: PLR0913 - one argument for each option
    folder: Path | None,
    split: str,
    *,
    encoder: str,
    model: str,
    train: bool,
    as_json: bool,
    rankings: Path | None,
    slices: bool,
    reviewed: bool,
) -> None:
    """Measure the engine on an evaluation set, beside BM25 and chance."""
    from matchmaker.engine.evaluation_set import EvaluationSetError, read_evaluation_set

    if reviewed:
        if folder is not None:
            raise click.UsageError("--reviewed needs no SET: it reads the database.")
        tell_reviewed(as_json=as_json)
        return
    if folder is None:
        raise click.UsageError("Name the folder of a SET, or --reviewed.")
    reader = _encoder(model) if encoder == "neural" or model else None
    if reader and train:
        raise InputError("--encoder neural: --train learns from earlier deals alone")
    know_own_terms()
    try:
        found = read_evaluation_set(folder, split, with_deals=train)
    except EvaluationSetError as error:
        raise InputError(str(error)) from error
    candidates = sorted(found.candidates, key=lambda member: member.id)
    try:
        scores, seconds = _scored(candidates, found, reader, train=train)
    except ValueError as error:
        place = folder / "train.tsv" if train else folder
        raise InputError(f"{place}: {error}") from error
    if rankings:
        _write_rankings(rankings, scores, [one.id for one in candidates], found.seekers)
    report: dict[str, Any] = {
        "set": found.name,
        "split": split,
        "encoder": "neural" if reader else "default",
        "model": reader.name if reader else None,
        "train": train,
        "counts": {"seekers": len(found.seekers), "candidates": len(candidates)},
        **_judged(candidates, found, scores, slices=slices),
        "seconds": seconds,
    }
    if as_json:
        _print_json(report)
    else:
        click.echo("\n".join(tell_report(report)))


def _print_json(answer: dict[str, Any]) -> None:
    """Print one object; half a character, which JSON may hold, becomes ``?``."""
    text = json.dumps(answer, ensure_ascii=False)
    click.echo(text.encode("utf-8", "replace").decode("utf-8"))


def _encoder(model: str) -> "TextEncoder":
    from matchmaker.engine.encoder import Encoder, EncoderError

    # Beside the site's own cache, whose vectors go when a member does.
    encoder = Encoder(model, cache=encoder_folder() / "evaluate")
    try:
        encoder.encode([""])
    except EncoderError as error:
        raise InputError(f"--encoder neural: {error}") from error
    return encoder


def _judged(
    candidates: "Sequence[Member]",
    found: "EvaluationSet",
    scores: "NDArray[np.float64]",
    *,
    slices: bool,
) -> dict[str, Any]:
    from matchmaker.engine import report
    from matchmaker.engine.baselines import bm25_scores, random_scores

    ids = [one.id for one in candidates]
    tables = {
        report.ENGINE: scores,
        report.PEER: bm25_scores(candidates, found.seekers),
        "random": random_scores(len(found.seekers), len(ids), random_state=0),
    }
    measured = report.comparison(found, tables, ids)
    judged = report.headline(measured)
    if slices:
        judged["slices"] = report.sliced(found, measured)
        judged.update(report.shown(found, tables, ids))
    return judged


def _write_rankings(
    path: Path,
    scores: "NDArray[np.float64]",
    ids: "Sequence[str]",
    seekers: "Sequence[Member]",
) -> None:
    from matchmaker.engine.evaluation import RANKING_DEPTH, top_places

    lines = ["query\tcandidate\trank\tscore"]
    best = top_places(scores, ids, RANKING_DEPTH).tolist()
    for seeker, row, places in zip(seekers, scores, best, strict=True):
        lines.extend(
            f"{seeker.id}\t{ids[at]}\t{rank}\t{row[at]:.9g}"
            for rank, at in enumerate(places, start=1)
        )
    try:
        path.write_text("\n".join(lines) + "\n", "utf-8", "replace")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error


@click.command()
@click.argument("members", metavar="MEMBERS.jsonl", type=click.Path(path_type=Path))
@click.option(
    "--k",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1000),
    help="Length of a list.",
)
@click.option("--fairness", default=0.5, show_default=True, type=click.FloatRange(0, 1))
@click.option(
    "--policy",
    type=click.Choice(["congestion", "product", "own"]),
    default="congestion",
    show_default=True,
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the words around the quotations.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def recommend(  # noqa: PLR0913 - one argument for each option
    members: Path,
    *,
    k: int,
    fairness: float,
    policy: "Policy",
    lang: str,
    as_json: bool,
) -> None:
    """Print the lists of a community that is given as a file, without a database."""
    from matchmaker.engine.members import MembersFileError, read_members

    know_own_terms()
    try:
        found = read_members(members)
    except MembersFileError as error:
        raise InputError(str(error)) from error
    lists = _lists(found, policy, k=k, fairness=fairness)
    if as_json:
        made = [
            {"id": member_id, "proposals": proposals} for member_id, proposals in lists
        ]
        head = {"policy": policy, "fairness": fairness, "k": k}
        _print_json({**head, "lists": made})
        return
    people = {member.id: asdict(member) for member in found}
    for member_id, proposals in lists:
        click.echo("\n".join(tell_list(people, member_id, proposals, lang)))


def _lists(
    members: "Sequence[Member]", policy: "Policy", *, k: int, fairness: float
) -> "Iterator[tuple[str, list[dict[str, Any]]]]":
    from matchmaker.engine.community import Community
    from matchmaker.engine.lists import policy_lists

    community = Community().fit(members)
    houses: dict[str, list[str]] = {}
    for member in members:
        houses.setdefault(member.organisation.casefold(), []).append(member.id)

    def colleagues(member_id: str) -> list[str]:
        """People of one house know each other, as on the site."""
        house = community.member(member_id).organisation.casefold()
        return houses[house] if house else []

    lists = policy_lists(
        community, policy, k=k, fairness=fairness, forbidden=colleagues
    )
    for member_id, ranked in lists:
        yield (
            member_id,
            [
                _proposal(
                    community.explain(member_id, one.candidate_id), one.candidate_id
                )
                for one in ranked
            ],
        )


def _proposal(found: "Explanation", candidate_id: str) -> dict[str, Any]:
    from matchmaker.engine.scoring import band

    return {
        "candidate": candidate_id,
        "fit_for_me": found.fit_for_me,
        "fit_for_them": found.fit_for_them,
        "joint": found.joint,
        "band": band(found.joint),
        "interpreter_needed": found.interpreter_needed,
        "reasons": [asdict(reason) for reason in found.reasons],
    }


COMMANDS: tuple[click.Command, ...] = (evaluate, recommend)
