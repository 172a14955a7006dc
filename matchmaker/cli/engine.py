"""Commands that work on files alone: evaluate, recommend, terms-check."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from matchmaker.engine.evaluation import Estimate
    from matchmaker.engine.evaluation_set import EvaluationSet
    from matchmaker.engine.lists import Policy
    from matchmaker.engine.members import Member
    from matchmaker.engine.reasons import Explanation


class InputError(click.ClickException):
    """Bad input: one line on stderr, exit status 2."""

    exit_code = 2


def _estimates(found: "dict[str, Estimate]") -> dict[str, dict[str, float]]:
    return {
        name: {"value": one.value, "low": one.low, "high": one.high}
        for name, one in found.items()
    }


def _judge(
    scores: "NDArray[np.float64]",
    ids: "Sequence[str]",
    gains: dict[str, dict[str, float]],
    seekers: "Sequence[str]",
) -> "NDArray[np.float64]":
    import numpy as np

    from matchmaker.engine.evaluation import measure

    return np.array(
        [
            measure(row, ids, gains[seeker])
            for row, seeker in zip(scores, seekers, strict=True)
        ]
    )


def _scored(
    candidates: "Sequence[Member]", found: "EvaluationSet", *, train: bool
) -> "tuple[NDArray[np.float64], dict[str, float]]":
    """Return scores ``(seekers, candidates)`` and the seconds they took."""
    from matchmaker.engine.community import Community
    from matchmaker.engine.learning import DealRanker

    started = time.perf_counter()
    if train:
        score = DealRanker().fit(candidates, found.deals).score
    else:
        score = Community().fit(candidates).fit_for_me
    fitted = time.perf_counter()
    scores = score(found.seekers)
    ranked = time.perf_counter()
    seconds = {"fit": round(fitted - started, 3), "rank": round(ranked - fitted, 3)}
    return scores, seconds


@click.command()
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path))
@click.option(
    "--split", default="dev", show_default=True, help="Folder with the seekers."
)
@click.option("--encoder", type=click.Choice(["default", "neural"]), default="default")
@click.option("--train", is_flag=True, help="Learn from the set's earlier deals first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--rankings",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the top 100.",
)
def evaluate(  # noqa: PLR0913 - one argument for each option
    folder: Path,
    split: str,
    *,
    encoder: str,
    train: bool,
    as_json: bool,
    rankings: Path | None,
) -> None:
    """Measure the engine on an evaluation set, beside BM25 and chance."""
    from matchmaker.engine.baselines import bm25_scores, random_scores
    from matchmaker.engine.evaluation import summary
    from matchmaker.engine.evaluation_set import EvaluationSetError, read_evaluation_set

    if encoder == "neural":
        raise InputError(
            "--encoder neural: no local encoder is installed (extra [neural])"
        )
    try:
        found = read_evaluation_set(folder, split, with_deals=train)
    except EvaluationSetError as error:
        raise InputError(str(error)) from error
    candidates = sorted(found.candidates, key=lambda member: member.id)
    ids, names = [one.id for one in candidates], [one.id for one in found.seekers]
    try:
        scores, seconds = _scored(candidates, found, train=train)
    except ValueError as error:
        raise InputError(f"{folder / 'train.tsv'}: {error}") from error
    if rankings:
        _write_rankings(rankings, scores, ids, names)
    chance = random_scores(len(names), len(ids), random_state=0)
    bm25 = bm25_scores(candidates, found.seekers)
    judged = {
        name: _estimates(summary(_judge(table, ids, found.gains, names)))
        for name, table in (("engine", scores), ("bm25", bm25), ("random", chance))
    }
    report: dict[str, object] = {
        "set": found.name,
        "split": split,
        "encoder": encoder,
        "train": train,
        "counts": {"seekers": len(names), "candidates": len(ids)},
        "metrics": judged["engine"],
        "baselines": {"bm25": judged["bm25"], "random": judged["random"]},
        "seconds": seconds,
    }
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        _print_report(found.name, split, judged, report)


def _print_report(
    name: str,
    split: str,
    judged: dict[str, dict[str, dict[str, float]]],
    report: dict[str, object],
) -> None:
    counts, seconds = report["counts"], report["seconds"]
    click.echo(f"{name} ({split}): {counts}, seconds {seconds}")
    click.echo(f"{'':10}" + "".join(f"{who:>26}" for who in judged))
    for metric in judged["engine"]:
        cells = (judged[who][metric] for who in judged)
        values = (f"{c['value']:.3f} [{c['low']:.3f}, {c['high']:.3f}]" for c in cells)
        click.echo(f"{metric:10}" + "".join(f"{value:>26}" for value in values))


def _write_rankings(
    path: Path,
    scores: "NDArray[np.float64]",
    ids: "Sequence[str]",
    seekers: "Sequence[str]",
) -> None:
    from matchmaker.engine.evaluation import RANKING_DEPTH, order

    lines = ["query\tcandidate\trank\tscore"]
    for seeker, row in zip(seekers, scores, strict=True):
        lines.extend(
            f"{seeker}\t{ids[at]}\t{rank}\t{row[at]:.9g}"
            for rank, at in enumerate(order(row, ids, RANKING_DEPTH), start=1)
        )
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
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
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def recommend(
    members: Path, *, k: int, fairness: float, policy: "Policy", as_json: bool
) -> None:
    """Print the lists of a community that is given as a file, without a database."""
    from matchmaker.engine.community import Community
    from matchmaker.engine.lists import policy_lists
    from matchmaker.engine.members import MembersFileError, read_members

    try:
        found = read_members(members)
    except MembersFileError as error:
        raise InputError(str(error)) from error
    community = Community().fit(found)
    lists = (
        (
            member_id,
            [
                _proposal(
                    community.explain(member_id, one.candidate_id), one.candidate_id
                )
                for one in ranked
            ],
        )
        for member_id, ranked in policy_lists(community, policy, k=k, fairness=fairness)
    )
    if as_json:
        made = [
            {"id": member_id, "proposals": proposals} for member_id, proposals in lists
        ]
        head = {"policy": policy, "fairness": fairness, "k": k}
        click.echo(json.dumps({**head, "lists": made}, ensure_ascii=False))
    else:
        _print_lists(lists)


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


def _print_lists(lists: "Iterable[tuple[str, list[dict[str, Any]]]]") -> None:
    for member_id, proposals in lists:
        click.echo(member_id)
        for rank, one in enumerate(proposals, start=1):
            codes = ", ".join(
                f"{reason['code']} {reason['contribution']:.2f}"
                for reason in one["reasons"]
            )
            click.echo(
                f"  {rank:2} {one['candidate']}  joint {one['joint']:.3f}  for me "
                f"{one['fit_for_me']:.3f}  for them {one['fit_for_them']:.3f}  "
                f"({codes})"
            )


@click.command("terms-check")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
def terms_check(files: tuple[Path, ...]) -> None:
    """Check the glossary, or glossary FILES of your own, and list what is wrong."""
    from matchmaker.vocabulary.check import check_terms
    from matchmaker.vocabulary.terms import glossary_files

    checked = list(files) or glossary_files()
    try:
        count, problems = check_terms(checked)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(error)) from error
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{count} concepts in {len(checked)} files, {len(problems)} problems")
    if problems:
        raise SystemExit(1)


COMMANDS: tuple[click.Command, ...] = (evaluate, recommend, terms_check)
