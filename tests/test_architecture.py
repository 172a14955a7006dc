"""What holds for the whole house."""

import ast
from pathlib import Path

import pytest

from matchmaker.app import Site
from matchmaker.errors import SetupError
from matchmaker.settings import check_settings, load_settings
from matchmaker.web.access import LIBRARY_ENDPOINTS
from matchmaker.web.texts import known_refusals

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400  # lines


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


def test_every_endpoint_declares_who_may_call_it(site: Site) -> None:
    undeclared = {
        name
        for name, view in site.app.view_functions.items()
        if not hasattr(view, "access") and name not in LIBRARY_ENDPOINTS
    }
    assert undeclared == set()


def test_every_template_compiles(site: Site) -> None:
    for name in site.app.jinja_env.list_templates(extensions=["html", "txt"]):
        if not name.startswith(("bootstrap", "base")):
            site.app.jinja_env.get_template(name)


def test_no_file_is_longer_than_one_can_keep_in_mind() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("matchmaker", "tests", "benchmarks")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_refusal_has_a_text_for_people() -> None:
    raised = set()
    for path in sources("matchmaker"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "DomainError"
                and isinstance(node.args[0], ast.Constant)
            ):
                raised.add(node.args[0].value)
    assert raised - known_refusals() == set()


def test_no_template_trusts_the_text_of_members() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        assert "|safe" not in path.read_text(encoding="utf-8").replace(" ", ""), path


def test_services_never_commit() -> None:
    for path in sources("matchmaker"):
        if path.name in {"service.py", "lists.py", "directory.py", "search.py"}:
            assert ".commit(" not in path.read_text(encoding="utf-8"), path


def test_a_production_start_refuses_unsafe_settings() -> None:
    good = {
        **load_settings(),
        "ENVIRONMENT": "production",
        "SECRET_KEY": "q8Zk2vX0" * 5,
        "BASE_URL": "https://network.example.org",
        "SMTP_URL": "smtp://localhost:25?tls=none",
    }
    check_settings(good)
    for name, value in [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "changeme" * 6),
        ("BASE_URL", ""),
        ("BASE_URL", "http://network.example.org"),
        ("SMTP_URL", ""),
        ("DEBUG", True),
        ("ENVIRONMENT", "prod"),
    ]:
        with pytest.raises(SetupError, match=name):
            check_settings({**good, name: value})
