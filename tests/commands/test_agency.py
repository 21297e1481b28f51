"""The agency's table on the command line: shown, checked, signed by the root; an entry first."""

from __future__ import annotations

import json
from pathlib import Path

from reviewer.commands.agency import tables
from tests.commands.conftest import ROOT, Run


def test_a_table_is_shown_changed_checked_and_signed(agency: Path, run: Run) -> None:
    assert run("agency", "tables", "show")["tables"]["name"] == "Example table", tables.__doc__
    made = run("agency", "tables", "example", "calgary")["tables"]
    made["name"] = "Our own"
    (agency / "own.json").write_text(json.dumps(made))
    assert run("agency", "tables", "check", "own.json")["status"] == 0
    assert run("agency", "tables", "sign", "own.json")["error"] == "Signing needs the root’s key."
    assert run("agency", "tables", "sign", "own.json", *ROOT)["version"] == 2
    shown = run("agency", "tables", "show")["tables"]
    assert (shown["name"], shown["version"], len(shown["former"])) == ("Our own", 2, 1)
    assert run("log", "verify")["ok"]


def test_what_is_no_table_is_refused_and_nothing_is_signed(agency: Path, run: Run) -> None:
    (agency / "bad.json").write_text('{"name": "Ours"}')
    refused = run("agency", "tables", "sign", "bad.json", *ROOT)
    assert (refused["status"], refused["next_step"]) == (1, "Correct the file; nothing was signed.")
    assert run("agency", "tables", "example", "atlantis")["error"] == "No example is called “atlantis”."
    assert run("agency", "tables", "check")["error"] == "“check” needs a name or a file."
    assert run("agency", "tables", "show")["tables"]["version"] == 1
