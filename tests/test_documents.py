"""What the documents say exists: links, files, commands, keys, people, and every thread has its line."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import reviewer
from reviewer.cli import _parser
from reviewer.services.demo import CASE, PEOPLE
from reviewer.ui.actions import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "LICENSES.md")
_CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_THREADS = {"Thread", "ThreadPoolExecutor", "ProcessPoolExecutor", "Process", "Pool"}


def text(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


def prose(document: str) -> str:
    return _CODE_BLOCK.sub("", text(document))


def anchors(document: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        assert (ROOT / path).is_file(), target
        assert not anchor or anchor in anchors(path), target


def _named_paths(document: str) -> Iterator[str]:
    """Paths in backticks: from the root, or from `reviewer/` where the page speaks of its rooms."""
    for quoted in re.findall(r"`([^`\n]+)`", prose(document)):
        path = quoted.split(" ")[0].split(".")[0] if re.fullmatch(r"[\w/]+\.[A-Z]\w+(\.\w+)?", quoted) else quoted
        if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*/?", path) and ("/" in path or path.endswith((".py", ".md", ".toml"))):
            yield path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_paths_exist(document: str) -> None:
    outside = {"places.json", "preferences.json", "reviewer-demo/store/logs"}  # of a workspace or a demo
    wrong = []
    for path in _named_paths(document):
        found = [p for base in (ROOT, ROOT / "reviewer") for p in (path, f"{path}.py") if [*base.glob(p.rstrip("/"))]]
        if not found and path not in outside:
            wrong.append(path)
    assert wrong == []


def test_every_room_has_its_line() -> None:
    plan = text("ARCHITECTURE.md")
    rooms = {p.name for p in (ROOT / "reviewer").iterdir() if (p / "__init__.py").is_file()}
    assert sorted(room for room in rooms if not re.search(rf"^  {room}/ ", plan, re.MULTILINE)) == []


def test_every_thread_has_its_line() -> None:
    """Whoever makes a thread, a pool or a process stands in the table of threads."""
    table = text("ARCHITECTURE.md").split("## Threads\n")[1].split("\n## ")[0]
    missing = []
    for path in sorted((ROOT / "reviewer").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        made = {n.func for n in ast.walk(tree) if isinstance(n, ast.Call)}
        names = {f.id if isinstance(f, ast.Name) else f.attr for f in made if isinstance(f, ast.Name | ast.Attribute)}
        where = path.relative_to(ROOT / "reviewer").as_posix()
        if names & _THREADS and f"`{where}`" not in table:
            missing.append(where)
    assert missing == []


# -- commands, keys, people ------------------------------------------------------------------------------------------


def _commands(parser: argparse.ArgumentParser, words: str = "") -> dict[str, argparse.ArgumentParser]:
    """The command line's own commands: "log verify" and its parser."""
    groups = [a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        return {words: parser}
    return {
        name: p
        for g in groups
        for word, each in g.items()
        for name, p in _commands(each, f"{words} {word}".strip()).items()
    }


def _called(document: str) -> Iterator[tuple[str, list[str]]]:
    """Calls of `reviewer` in a document or script: the words after it, and the options among them."""
    for line in re.findall(r"(?:[`\s/]|^)reviewer ((?:[a-z-]+ ?)+[^`\n|]*)(?=[`\n|])", text(document)):
        words = re.split(r"[>;&]", line)[0].split()
        said = " ".join(word for word in words if re.fullmatch("[a-z][a-z-]*", word))
        yield said, [word for word in words if word.startswith("--")]


@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "installer/run"])
def test_commands_that_are_named_exist(document: str) -> None:
    known = _commands(_parser())
    wrong = []
    for words, options in _called(document):
        parser = next(
            (known[name] for name in sorted(known, key=len, reverse=True) if f"{words} ".startswith(f"{name} ")), None
        )
        passed_on = parser is not None and any(a.nargs == argparse.REMAINDER for a in parser._actions)
        strange = [] if passed_on or parser is None else set(options) - set(parser._option_string_actions)
        if parser is None or strange:
            wrong.append(f"reviewer {words} {' '.join(strange)}".strip())
    assert wrong == []


def test_every_command_is_in_the_readme() -> None:
    rows = set(re.findall(r"^\| `reviewer ([a-z -]+)` \|", text("README.md"), re.MULTILINE))
    # `check` is what `installer/run --check` calls: it needs a demo and is no daily door.
    assert sorted(set(_commands(_parser())) - {"check"} - rows) == []
    assert sorted(rows - set(_commands(_parser()))) == []


def test_the_readme_knows_the_demo() -> None:
    page = text("README.md")
    assert CASE in page
    for person in PEOPLE:
        assert re.search(rf"\| {re.escape(person.name)} \| {person.badge} \| .* \| `{person.passphrase}` \|", page), (
            person.name
        )


def test_the_keys_of_the_readme_are_the_programs() -> None:
    keys = {command.key for command in COMMANDS}
    steps = text("README.md").split("## The first ten minutes")[1].split("\n## ")[0]
    named = set(re.findall(r"`([A-Z]|[,.]|F\d+|Space|Ctrl\+\d)`", steps))
    assert named
    assert sorted(named - keys) == []


def test_the_changelog_has_this_version() -> None:
    assert re.search(rf"^## \[{re.escape(reviewer.__version__)}\]", text("CHANGELOG.md"), re.MULTILINE)


def test_every_dependency_has_its_licence_named() -> None:
    """LICENSES.md names what is pinned, with the version that is pinned."""
    page = text("LICENSES.md").lower()
    for kind in ("run", "alone", "test"):
        for name, version in re.findall(
            r"^([a-z0-9._-]+)==([^\s;]+)", text(f"installer/requirements-{kind}.txt"), re.MULTILINE
        ):
            assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page), f"{name} is not in LICENSES.md"
            assert kind == "test" or version in page, f"{name} is {version} now"
    declared = tomllib.loads(text("pyproject.toml"))["project"]["license"]
    assert declared == "Apache-2.0"
    assert text("LICENSE").lstrip().startswith("Apache License")
