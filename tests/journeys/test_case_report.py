"""A case's report, as an investigator makes it: looked at, saved in several forms, stopped; every still an entry."""

from __future__ import annotations

import io
import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf._page import ImageFile
from pypdf.generic import EncodedStreamObject
from PySide6.QtCore import Qt

from reviewer.domain.case_acts import ExhibitSet
from reviewer.domain.events import StillSaved
from reviewer.domain.report_acts import ReportExported
from reviewer.records.queries import EntryFilter
from reviewer.ui.case.report import ReportForm
from tests.journeys.conftest import Person

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def reporting(reviewing: Person) -> Person:
    """Two marks are exhibits of the first allegation; the report's page is open."""
    marking = reviewing.screen.marking
    for n in (1, 2):
        reviewing.key(Qt.Key.Key_B)
        reviewing.sees(lambda n=n: len(marking.bookmarks) == n)  # type: ignore[misc]
        reviewing.key(Qt.Key.Key_Right)
        reviewing.settles()
    hands = reviewing.room.hands
    assert hands is not None
    file, allegation = hands.file.file, hands.file.file.allegations()[0].id
    for mark, stance in zip(marking.bookmarks, ("for", "against"), strict=True):
        fields = {"allegation": allegation, "stance": stance, "mark": mark.id, "text": f"Seen: {stance} قال"}
        file.add(ExhibitSet, fields).result(30)
    reviewing.key(Qt.Key.Key_7, CTRL)
    reviewing.key(Qt.Key.Key_P, CTRL)
    assert hands.file.screen.current == "report"
    return reviewing


def _form(person: Person) -> ReportForm:
    hands = person.room.hands
    assert hands is not None
    return hands.file.report.page.side


def _saves(person: Person, form: str, path: Path) -> Path:
    side = _form(person)
    side.choose(form)
    side.path.setText(str(path.with_suffix(f".{form}")))
    person.key(Qt.Key.Key_P, CTRL | ALT)
    person.sees(lambda: not side.running and (side.said.text().startswith("Saved") or side.error.words))
    assert not side.error.words
    return path.with_suffix(f".{form}")


def _as_it_lies(image: ImageFile) -> bytes:
    """The picture's bytes in the PDF: `data` is what the reader saves it as."""
    assert image.indirect_reference is not None
    found = image.indirect_reference.get_object()
    assert isinstance(found, EncodedStreamObject)
    return found._data


def test_what_is_saved_has_stills_and_every_still_is_an_entry(reporting: Person, tmp_path: Path) -> None:
    reporting.sees(lambda: "Excessive force" in reporting.says())
    read = PdfReader(io.BytesIO(_saves(reporting, "pdf", tmp_path / "case").read_bytes()))
    text = "\n".join(page.extract_text() for page in read.pages)
    pictures = [_as_it_lies(image) for page in read.pages for image in page.images]
    assert len(pictures) == 2
    for words in ("E1", "E2", "Chain of custody", "Log proofs", "± ", "What it cannot say"):
        assert words in text
    with closing(reporting.desk.session.queries()) as queries:
        stills = [e.event for e in queries.entries(EntryFilter(kinds=(StillSaved.KIND,)))]
        reports = [e.event for e in queries.entries(EntryFilter(kinds=(ReportExported.KIND,)))]
    assert {still.sha256 for still in stills if isinstance(still, StillSaved)} == {
        sha256(data).hexdigest() for data in pictures
    }
    assert all(still.sha256 in text for still in stills if isinstance(still, StillSaved))
    (report,) = reports
    assert isinstance(report, ReportExported)
    assert report.sha256 == sha256((tmp_path / "case.pdf").read_bytes()).hexdigest()


def test_the_same_case_for_other_programs(reporting: Person, tmp_path: Path) -> None:
    side = _form(reporting)
    side.pictures.setChecked(False)
    side.proofs.setChecked(True)
    page = _saves(reporting, "html", tmp_path / "case").read_text(encoding="utf-8")
    assert "قال" in page
    verifier = tmp_path / "case proofs" / "verify_log.py"
    assert verifier.exists()
    side.proofs.setChecked(False)
    graph = json.loads(_saves(reporting, "jsonld", tmp_path / "case").read_bytes())
    kinds = [node["@type"] for node in graph["@graph"]]
    assert kinds.count("case-investigation:ProvenanceRecord") >= 2 + 4
    side.path.setText(str(tmp_path / "case.exe"))
    side.submit()
    reporting.sees(lambda: side.error.words)
    assert "not written as “.exe”" in side.error.words


def test_stopped_nothing_of_it_is_kept(reporting: Person, tmp_path: Path) -> None:
    side = _form(reporting)
    side.path.setText(str(tmp_path / "never.pdf"))
    reporting.key(Qt.Key.Key_P, CTRL | ALT)
    assert side.running
    reporting.key(Qt.Key.Key_Period, CTRL)
    reporting.sees(lambda: not side.running)
    assert side.said.text() == "Stopped. Nothing of it was kept."
    assert not list(tmp_path.glob("never*"))
    with closing(reporting.desk.session.queries()) as queries:
        assert queries.count(EntryFilter(kinds=(ReportExported.KIND,))) == 0
