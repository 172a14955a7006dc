"""A server that is killed in mid-run loses and doubles no message."""

import pytest

from benchmarks.crash import WRITERS, run

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_acknowledged_is_stored_once_although_the_server_was_killed(
    kind: str,
) -> None:
    result = run(kind, messages=12, kills=2)
    assert result.kills == 2
    assert result.acknowledged == 12 * WRITERS
    assert (result.lost, result.doubled, result.told_twice) == (0, 0, 0)
