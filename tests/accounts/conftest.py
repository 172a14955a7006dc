"""What the tests of accounts share."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from matchmaker.accounts import rules


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let Argon2id cost little: its price is not what these tests are about."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(rules, "_hasher", cheap)
    rules._decoy_hash.cache_clear()
    yield
    rules._decoy_hash.cache_clear()
