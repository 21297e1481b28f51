"""A small agency on the command line: four people, a station, a store, one docked recording in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import main
from tests.services.test_ingest import docked

Run = Callable[..., dict[str, Any]]
PEOPLE = {
    "salo": ("K. Salo", "0417", "investigator"),
    "aro": ("S. Aro", "0102", "supervisor"),
    "hill": ("P. Hill", "0033", "custodian"),
    "falk": ("R. Falk", "0251", "training"),
}
ROOT = ("--root-key", "root.json", "--passphrase-file", "root.txt")
CUSTODY = ("--custody-key", "custody.json", "--custody-passphrase-file", "custody.txt")


def by(who: str) -> tuple[str, ...]:
    """The words of whoever is logged on."""
    return "--user", who, "--passphrase-file", f"{who}.txt"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with --json: its object, with `status`, `out` and `err` beside."""
    monkeypatch.setenv("REVIEWER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def running(*words: object) -> dict[str, Any]:
        capsys.readouterr()
        status = main([str(w) for w in words] + ["--json"])
        said = capsys.readouterr()
        return {**json.loads(said.out.splitlines()[-1]), "status": status, "out": said.out, "err": said.err}

    return running


@pytest.fixture
def agency(tmp_path: Path, run: Run) -> Path:
    """The folder that all lies in."""
    for who in ("root", "custody", *PEOPLE):
        (tmp_path / f"{who}.txt").write_text(f"secret of {who}\n")
    for who in PEOPLE:
        assert run("key", "new", who, "--passphrase-file", f"{who}.txt")["status"] == 0
    people = [
        {"id": who, "name": name, "badge": badge, "roles": [role], "key": f"home/keys/{who}.json"}
        for who, (name, badge, role) in PEOPLE.items()
    ]
    (tmp_path / "people.json").write_text(json.dumps(people))
    words = ("--agency", "helsinki.example", "--title", "Helsinki Example Police", "--people", "people.json")
    assert run("store", "init", tmp_path / "store", *words, *ROOT, *CUSTODY)["status"] == 0
    assert run("ingest", docked(tmp_path / "card"))["status"] == 0
    return tmp_path
