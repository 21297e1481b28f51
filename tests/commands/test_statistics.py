"""`reviewer statistics`: a year in numbers, without a window."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from tests.commands.conftest import CUSTODY, Run, by
from tests.commands.test_custody import NEW, WHY


def test_a_year_is_counted_and_saved_for_the_public(agency: Path, run: Run) -> None:
    run("assign", *NEW, *WHY, *by("aro"), *CUSTODY)
    found = run("statistics", "--year", "2026", "--public", "--save", agency / "year.csv", *by("salo"))
    assert found["status"] == 0
    assert "Recordings taken in" in found["out"]
    rows = list(csv.reader(io.StringIO((agency / "year.csv").read_text(encoding="utf-8"), newline="")))
    assert {row[0] for row in rows} >= {"Complaints received", "Allegations", "Footage and requests"}
    other = run("statistics", "--save", agency / "year.exe", *by("salo"))
    assert other["status"] != 0
    assert "not written as “.exe”" in other["err"]
    assert not (agency / "year.exe").exists()
