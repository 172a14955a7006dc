"""Settings: defaults, the environment, and starts that are refused."""

import os
import re
from pathlib import Path

import pytest

from matchmaker.errors import SetupError
from matchmaker.settings import ROOT, check_settings, load_settings

GOOD = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "q8Zk2vX0" * 5,
    "BASE_URL": "https://network.example.org",
    "SMTP_URL": "smtp://localhost:25?tls=none",
}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MATCHMAKER_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("SECRET_KEY", "1234567890123456", "1234567890123456"),
        ("PROXY_COUNT", "2", 2),
        ("WORK_PAUSE", "0.5", 0.5),
        ("TRUSTED_HOSTS", "a.org, b.org,", ["a.org", "b.org"]),
        ("SITE_NAME", "Сеть", "Сеть"),
    ],
)
def test_a_value_of_the_environment_takes_the_type_of_its_default(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"MATCHMAKER_{name}", text)
    found = load_settings()[name]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"), [("PROXY_COUNT", "two"), ("WORK_PAUSE", "long")]
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"MATCHMAKER_{name}", text)
    with pytest.raises(SetupError, match=f"MATCHMAKER_{name}"):
        load_settings()


def test_overrides_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SITE_NAME", "From outside")
    assert load_settings({"SITE_NAME": "From here"})["SITE_NAME"] == "From here"


def test_without_a_database_address_a_file_in_the_folder_is_used(
    tmp_path: Path,
) -> None:
    settings = load_settings({"INSTANCE": str(tmp_path)})
    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/matchmaker.db"


def test_there_is_no_default_key() -> None:
    with pytest.raises(SetupError, match="SECRET_KEY"):
        check_settings(load_settings())


def test_a_production_start_with_all_it_needs_is_not_refused() -> None:
    check_settings(load_settings(GOOD))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "q8Zk2vX0" * 3),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY", "SECRETsecretSECRETsecretSECRETsecret"),
        ("SECRET_KEY", "0123456789abcdef0123456789abcdef"),
        ("SECRET_KEY", 12345678901234567890123456789012),
        ("BASE_URL", ""),
        ("BASE_URL", "http://network.example.org"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "network.example.org"),
        ("SMTP_URL", ""),
        ("DEBUG", True),
        ("ENVIRONMENT", "prod"),
        ("ENVIRONMENT", ""),
    ],
)
def test_an_unsafe_production_start_is_refused_in_one_sentence(
    name: str, value: object
) -> None:
    with pytest.raises(SetupError, match=name) as refusal:
        check_settings(load_settings({**GOOD, name: value}))
    text = str(refusal.value)
    assert "\n" not in text
    assert "q8Zk2vX0" not in text, "a refusal must not print the key"


@pytest.mark.parametrize("environment", ["demo", "test"])
def test_a_demo_needs_only_a_key(environment: str) -> None:
    check_settings(load_settings({"ENVIRONMENT": environment, "SECRET_KEY": "x"}))


def test_every_setting_says_what_it_is() -> None:
    for line in (ROOT / "config.py").read_text(encoding="utf-8").splitlines():
        if re.match(r"[A-Z_]+(:.*)? = ", line) and not re.match(
            r"(LANGUAGES|BABEL|SITE_NAME|LOG_LEVEL|MAIL_FROM)", line
        ):
            assert "  # " in line, line
