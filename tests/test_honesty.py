"""What a store promises stands wherever it matters: nobody takes a folder for a store that keeps things."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer.services.workspace import Workspace
from tests import test_cli
from tests.services.test_ingest import docked
from tests.test_cli import Run

WORDS = "tamper-evident, not write-once"
here, run, agency = test_cli.here, test_cli.run, test_cli.agency  # the fixtures of the other commands


def test_every_command_that_puts_reads_or_reports_says_what_the_store_is(agency: Path, run: Run) -> None:
    docked(agency / "card")
    said = {
        "ingest": run("ingest", agency / "card"),
        "queue": run("queue", *test_cli.SALO),
        "log verify": run("log", "verify"),
        "store check": run("store", "check"),
        "store info": run("store", "info"),
    }
    assert {words for words, each in said.items() if WORDS not in each["out"]} == set()
    assert said["queue"]["store"] == WORDS


def test_setting_a_machine_up_says_what_the_store_is_or_that_it_is_not_known(
    agency: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Workspace(agency / "home").setup().root
    monkeypatch.setenv("REVIEWER_HOME", str(agency / "second"))
    made = run("setup", "--root", root, "--store", agency / "store", "--station", "ws-2")
    assert f"The store is {WORDS}." in made["out"]
    away = run("setup", "--root", root, "--store", agency / "away", "--station", "ws-2")
    assert "whether it is write-once is not known" in away["out"]


def test_a_new_store_says_it_too(agency: Path, run: Run) -> None:
    people = agency / "people.json"
    assert json.loads(people.read_text())
    keys = ("--root-key", "root.json", "--passphrase-file", "root.txt")
    custody = ("--custody-key", "custody.json", "--custody-passphrase-file", "custody.txt")
    words = ("--agency", "helsinki.example", "--title", "Helsinki", "--people", people)
    assert f"The store is {WORDS}." in run("store", "init", agency / "store2", *words, *keys, *custody)["out"]
