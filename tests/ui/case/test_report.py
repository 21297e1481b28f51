"""The page “Report”: what it will say, table by table, with the names of the columns."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.report import Report, Section
from reviewer.domain.timebase import Utc
from reviewer.ui.case.report import _outline


def test_a_table_has_its_columns_named_and_no_cell_slips_into_another(qtbot: QtBot) -> None:
    columns = ("No.", 1), ("Given by", 3), ("Recordings", 1)
    access = Section("Who was given access", columns=columns, rows=(("1", "S. Aro", "4"), ("2", "", "3")))
    nobody = Section("Complaint", columns=columns, empty="Nobody is named yet.")
    body = _outline(Report("Case CR-1", "Case", "Example", Utc(0), "K. Salo", (), (access, nobody)))
    qtbot.addWidget(body)
    said = [each.text() for each in body.findChildren(QLabel)]
    at = said.index("Who was given access")
    assert said[at + 1 : at + 4] == ["No. · Given by · Recordings", "1 · S. Aro · 4", "2 · – · 3"]
    assert said[at + 4 : at + 6] == ["Complaint", "Nobody is named yet."]
