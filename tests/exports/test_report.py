"""A report of tables, read back by programs that are not ours."""

from __future__ import annotations

import csv
import io
import json

import pytest
from pypdf import PdfReader

from reviewer import config
from reviewer.domain.report import Report, Section
from reviewer.domain.timebase import Utc
from reviewer.exports.report import to_csv, to_json, to_pdf

_AT = Utc(1_780_000_000_000_000)
_ROWS = tuple((f"{n}", f"Ofc. A. Niemi {n}", "=1+1" if n == 3 else "± 0.24 s") for n in range(1, 90))
_REPORT = Report(
    "Camera coverage of CR-2026-0142",
    "Camera coverage of an incident",
    "Helsinki",
    _AT,
    "K. Salo 0417",
    (("Case", "CR-2026-0142"), ("Clock", "wall time")),
    (
        Section("Who rolled when", ("Two cameras rolled.",), (("No.", 1), ("Officer", 4), ("±", 3)), _ROWS),
        Section("Uploads still missing", empty="None that anybody knows of."),
    ),
    ("It does not say why.",),
    "© OpenStreetMap contributors",
)


def test_paper_has_every_row_and_the_table_head_on_each_page() -> None:
    made = to_pdf(_REPORT, config.resource("fonts"))
    assert made == to_pdf(_REPORT, config.resource("fonts"))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(made)).pages]
    assert len(pages) > 1
    whole = "\n".join(pages)
    assert all(f"Ofc. A. Niemi {n}" in whole for n in range(1, 90))
    assert sum("Officer" in page for page in pages) >= len(pages) - 1
    for words in ("None that anybody knows of.", "It does not say why.", "© OpenStreetMap contributors"):
        assert words in whole


def test_the_table_is_read_by_any_csv_reader_and_holds_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(_REPORT).decode(), newline="")))
    assert rows[0] == ["table", "No.", "Officer", "±"]
    assert rows[3] == ["Who rolled when", "3", "Ofc. A. Niemi 3", "'=1+1"]
    assert len(rows) == 90


def test_json_names_every_cell() -> None:
    read = json.loads(to_json(_REPORT))
    assert read["sections"][0]["rows"][0] == {"No.": "1", "Officer": "Ofc. A. Niemi 1", "±": "± 0.24 s"}
    assert read["facts"]["Case"] == "CR-2026-0142" and read["made_at"].endswith("Z")


def test_a_row_has_as_many_cells_as_there_are_columns() -> None:
    with pytest.raises(ValueError, match="cells"):
        Section("x", (), (("a", 1),), (("1", "2"),))
