"""`reviewer log export` and `reviewer log review`, as somebody types them."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from reviewer.commands import logreport
from reviewer.services.logwords import LogKind
from tests.commands.conftest import Run, by


def test_export_lies_whole_in_a_new_folder(agency: Path, run: Run) -> None:
    said = run("log", "export", "court", "--zone", "Europe/Helsinki", *by("salo"))
    assert said["status"] == 0, said["err"]
    names = {each.name for each in (agency / "court").iterdir()}
    assert {"report.pdf", "bundle.json", "entries.csv", "entries.json", "verify_log.py", "README.txt"} <= names
    words = [sys.executable, "-I", "verify_log.py", "bundle.json", "--keys", "keys.json"]
    assert subprocess.run(words, cwd=agency / "court", check=False, capture_output=True).returncode == 0
    again = run("log", "export", "court", *by("salo"))
    assert again["status"] == 1 and "already" in again["err"]


def test_export_takes_only_what_is_asked(agency: Path, run: Run) -> None:
    words = ("--kind", "refusals", "--since", "2020-01-01", "--part", "csv", *by("salo"))
    nothing = run("log", "export", "none.zip", *words)
    assert nothing["status"] == 1 and "No entry is chosen" in nothing["err"]
    assert not (agency / "none.zip").exists()
    assert run("log", "export", "x", "--since", "yesterday", *by("salo"))["status"] == 1
    assert run("log", "export", "x", "--person", "nobody", *by("salo"))["status"] == 1
    assert run("log", "export", "x", "--zone", "Mars/Olympus", *by("salo"))["status"] == 1


def test_review_is_signed_by_a_supervisor_and_then_due_no_more(agency: Path, run: Run) -> None:
    assert run("log", "review", *by("salo"))["status"] == 1
    looked = run("log", "review", *by("aro"))
    assert looked["status"] == 0 and looked["signed"] is False
    signed = run("log", "review", "--sign", *by("aro"))
    assert signed["status"] == 0 and signed["n"] == 1
    lies = json.loads((agency / "store" / "reviews" / "aro" / "1.json").read_text())
    assert lies["payloadType"] == "application/vnd.reviewer.log-review+json"
    after = run("log", "review", *by("aro"))
    assert after["n"] == 2 and after["since"] == signed["until"]
    assert run("store", "check", *by("hill"))["status"] == 0


def test_a_kind_is_named_as_the_screen_names_it() -> None:
    assert logreport._kind("exports") is LogKind.EXPORTS
    with pytest.raises(ArgumentTypeError, match="refusals"):
        logreport._kind("everything else")
