"""Pages and worker cut words at the same time, each its own."""

from concurrent.futures import ThreadPoolExecutor

from matchmaker.vocabulary.analyzer import stem

WORDS = [
    f"{head}{tail}"
    for head in ("import", "nation", "forward", "clean", "trad")
    for tail in ("ing", "ation", "ational", "ers", "ization", "fulness", "ed")
]


def test_a_stem_is_the_same_whoever_else_asks_at_that_moment() -> None:
    alone = [stem.__wrapped__(word) for word in WORDS]
    many = WORDS * 200
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(stem.__wrapped__, many))
    assert together == alone * 200
