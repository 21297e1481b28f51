"""What lies in the tree beside the walls: icons and keys that are used, and what may not stand in any file."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.ui.actions import COMMANDS, Where
from tests.test_architecture import CODE, ROOT, at, calls, code, tree

ICONS = ROOT / "resources" / "icons"


# -- icons and keys --------------------------------------------------------------------------------------------------

_LOOKS_LIKE_AN_ICON = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def _words(within: ast.AST) -> Iterator[str]:
    """Every text that stands in the code."""
    for node in ast.walk(within):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _takes_icon() -> dict[str, int]:
    """Functions and classes of ui with a parameter or field `icon`: at which place. Those whose name others share with
    another place are left out."""
    found: dict[str, set[int]] = {}
    for path in (CODE / "ui").rglob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                fields = [
                    s.target.id for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
                ]
                methods = {
                    m.name: [a.arg for a in m.args.args][1:] for m in node.body if isinstance(m, ast.FunctionDef)
                }
                places = {node.name: methods.pop("__init__", fields), **methods}
            elif isinstance(node, ast.FunctionDef) and "self" not in (args := [a.arg for a in node.args.args]):
                places = {node.name: args}
            else:
                continue
            for called, names in places.items():
                found.setdefault(called, set()).add(names.index("icon") if "icon" in names else -1)
    return {called: next(iter(at_)) for called, at_ in found.items() if len(at_) == 1 and at_ != {-1}}


def test_every_icon_that_is_named_is_shipped() -> None:
    shipped = {path.stem for path in ICONS.glob("*.svg")}
    places, wrong = _takes_icon(), set()
    assert {"IconButton", "Tag", "EmptyState"} <= places.keys()
    for path in (CODE / "ui").rglob("*.py"):
        for call, called in calls(path):
            place = places.get(called.split(".")[-1], len(call.args))
            given = [*call.args[place : place + 1], *(k.value for k in call.keywords if k.arg == "icon")]
            named = {word for each in given for word in _words(each) if word}
            wrong |= {f"{at(path, call)}: {each}" for each in named - shipped}
        like = {word for word in _words(tree(path)) if _LOOKS_LIKE_AN_ICON.fullmatch(word)} - {"utf-8"}
        wrong |= {f"{at(path)}: {each}" for each in like - shipped}
    assert sorted(wrong) == []


def test_every_shipped_icon_is_used() -> None:
    shipped = {path.stem for path in ICONS.glob("*.svg")}
    named = {word for path in code() for word in _words(tree(path))}
    assert sorted(shipped - named) == []


def test_every_key_has_one_command() -> None:
    ids = [command.id for command in COMMANDS]
    assert len(ids) == len(set(ids))
    holds: dict[tuple[str, Where], str] = {}
    for command in COMMANDS:
        meets = list(Where) if command.where is Where.EVERYWHERE else [command.where, Where.EVERYWHERE]
        for where in meets if command.key else ():
            assert (command.key, where) not in holds, f"{command.id} and {holds[command.key, where]}: {command.key}"
        if command.key:
            holds[command.key, command.where] = command.id


# -- what must not lie in the tree -----------------------------------------------------------------------------------

# In pieces, so that this file does not contain what it looks for.
_INDEXES = [
    ".".join(("pypi", "org")),
    ".".join(("pypi", "python", "org")),
    "python" + "hosted",
    ".".join(("npmjs", "org")),
    ".".join(("npmjs", "com")),
    ".".join(("crates", "io")),
    ".".join(("deb", "debian", "org")),
    ".".join(("proxy", "golang", "org")),
    "arti" + "factory",
    "dev" + "pi",
]
_PATHS = [
    "/" + "work/main",
    "/" + "work/shared",
    "/" + "tmp/w/",
    "/" + "root/",
    "/" + "home/",
    "/" + "Users/",
    "C:" + "\\",
]
# Specifications, licences and the origin of data: nothing here is fetched by the program or its set-up.
_HOSTS = {
    "github.com",
    "keepachangelog.com",
    "opendatacommons.org",
    "semver.org",
    "www.apache.org",
    "www.google.com",  # the name of KML's extension for tracks, not an address that is asked
    "www.opengis.net",
    "www.openstreetmap.org",
    "www.topografix.com",
    "www.w3.org",
    "c2sp.org",
    "cv.iptc.org",  # names of kinds of sources in a C2PA manifest, not addresses that are asked
    # names of namespaces in a PDF’s metadata, not addresses that are asked
    "ns.adobe.com",
    "purl.org",
    # names of the ontologies of CASE and UCO
    "ontology.caseontology.org",
    "ontology.unifiedcyberontology.org",
    "www.aiim.org",
}


def _tree() -> list[Path]:
    """Files of the tree: what git knows or would add; without git, what is not somebody's cache."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
        return [ROOT / each for each in listed if each and (ROOT / each).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return [p for p in ROOT.rglob("*") if p.is_file() and not any(q.startswith(".") for q in p.parts)]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _tree():
        data = path.read_bytes()
        if b"\0" not in data[:8_192]:
            yield path, data.decode("utf-8", errors="replace")


def test_no_file_names_a_package_index_or_a_machine() -> None:
    wrong = [f"{at(p)}: {each}" for p, text in _texts() for each in _INDEXES if each in text.casefold()]
    machine = re.compile("|".join(rf"(?<![\w/.:-]){re.escape(each)}" for each in _PATHS))
    wrong += [f"{at(p)}: {found[0]}" for p, text in _texts() for found in machine.finditer(text)]
    assert not wrong, "\n".join(wrong)


def test_every_address_is_a_specification_or_a_licence() -> None:
    address = re.compile(r"\b(?:https?|ftp|git\+\w+)://([^\s/\"'<>)\]`:&]+)")
    named = {f"{at(p)}: {m[1]}" for p, text in _texts() for m in address.finditer(text)}
    strange = {
        each
        for each in named
        if each.split(": ")[1] not in _HOSTS and not each.endswith(("example", ".test", ".invalid", "127.0.0.1"))
    }
    assert sorted(strange) == []


@pytest.mark.parametrize("kind", ["run", "alone", "test"])
def test_dependencies_are_pinned_by_hash(kind: str) -> None:
    text = (ROOT / "installer" / f"requirements-{kind}.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    pinned = re.compile(
        r"[a-z0-9][a-z0-9._-]*==[^\s;]+"  # name==version
        r"(\s*;[^\\]*?)?"  # where it holds
        r"(\s+--hash=sha256:[0-9a-f]{64})+"
    )
    assert lines
    assert not [line[:80] for line in lines if not line.startswith("#") and not pinned.fullmatch(line)]
