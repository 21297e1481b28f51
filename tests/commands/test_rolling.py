"""`reviewer rolling`: who rolled when, without a window."""

from __future__ import annotations

import argparse
import csv
import io
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from reviewer.commands import base, rolling
from reviewer.domain.report_acts import ReportExported
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.workspace import Workspace
from tests.commands.conftest import CUSTODY, Run, by
from tests.commands.test_custody import NEW, WHY


def test_it_says_what_is_known_and_what_is_not_and_saves_it_through_the_log(agency: Path, run: Run) -> None:
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    away = run("rolling", "CR-1", *by("salo"))
    assert away["status"] == 0 and "is not known: not all of it is here" in away["out"]
    run("sync", *by("salo"))
    incident = ("--from", "2026-06-13T19:39:00Z", "--to", "2026-06-13T19:41:00Z", "--zone", "Europe/Helsinki")
    found = run("rolling", "CR-1", *incident, "--save", agency / "who.csv", *by("salo"))
    assert "as stated" in found["out"] and "UTC+3" in found["out"]
    assert "stopped early by" in found["out"] and "No camera rolled for" in found["out"]
    rows = list(csv.reader(io.StringIO((agency / "who.csv").read_text(encoding="utf-8"), newline="")))
    assert rows[0][:3] == ["table", "No.", "Officer"] and rows[1][2] == "Ofc. A. Niemi 2214"
    assert any("silent by the camera’s rule" in cell for row in rows for cell in row)
    again = run("rolling", "CR-1", "--unheard", "--save", agency / "who.csv", *by("salo"))
    assert (agency / "who (2).csv").exists() and again["status"] == 0
    with closing(Queries(Workspace(agency / "home").user("salo").records)) as queries:
        left = queries.entries(EntryFilter(kinds=("report_exported",)))
    hashes = {entry.event.sha256 for entry in left if isinstance(entry.event, ReportExported)}
    assert hashes == {sha256((agency / name).read_bytes()).hexdigest() for name in ("who.csv", "who (2).csv")}


def test_what_is_wrong_is_one_sentence(agency: Path, run: Run) -> None:
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    half = run("rolling", "CR-1", "--from", "2026-06-13T19:39:00Z", *by("salo"))
    assert half["status"] != 0 and "Give both --from and --to." in half["err"]
    zone = run("rolling", "CR-1", "--zone", "Mars/Olympus", *by("salo"))
    assert zone["status"] != 0 and "knows no time zone" in zone["err"]
    form = run("rolling", "CR-1", "--unheard", "--save", agency / "who.exe", *by("salo"))
    assert form["status"] != 0 and "End the name with .pdf, .html, .docx, .csv or .json." in form["err"]
    assert not (agency / "who.exe").exists()


def test_a_time_names_its_offset() -> None:
    assert callable(rolling.do_rolling)
    with pytest.raises(argparse.ArgumentTypeError, match="no time with its offset"):
        base.instant("2026-06-13T19:39:00")
