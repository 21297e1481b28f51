"""Transcripts and the story at the real window: a broken file taken in for what it holds, captions below the pictures,
lines typed along by keys, a story whose references lead to the footage and follow its clock."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import webvtt
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer.app.case_file import CaseFileRoom
from reviewer.domain.alignment import Alignment, Correction
from reviewer.domain.case_acts import LinesSet, NarrativeSet, TranscriptSet
from reviewer.domain.report_acts import ReportExported
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.records.queries import EntryFilter
from reviewer.ui.review.cameras import ReviewCamera
from tests.journeys.conftest import Person

CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
BROKEN = """WEBVTT

00:05.000 --> 00:08.000
<v Korhonen>Move. Now.

00:09.000 --> 00:07.000
<v Korhonen>Lost

00:10.000 --> 00:12.000
<v الضابط>ارجع إلى الوراء

99:00.000 --> 99:01.000
Too late
"""


def _room(person: Person) -> CaseFileRoom:
    assert person.room.hands is not None
    return person.room.hands.file


def _entries(person: Person, kind: str) -> int:
    with closing(person.desk.session.queries()) as queries:
        return queries.count(EntryFilter(kinds=(kind,)))


def _page(person: Person, page: str) -> None:
    person.program.window.show_screen("case")
    _room(person).screen.show_page(page)


def _taken_in(reviewing: Person, tmp_path: Path) -> ReviewCamera:
    """The broken file is read for the second camera, and added to the case."""
    room = _room(reviewing)
    camera = reviewing.screen.wall.cameras[1]
    reviewing.screen.wall.focus(camera.key)
    before = len(room.transcripts.all())
    path = tmp_path / "heard.vtt"
    path.write_text(BROKEN, encoding="utf-8")
    _page(reviewing, "transcript")
    room.transcripts.files.look_at(path)
    reviewing.sees(lambda: reviewing.has_button("Add to the case"))
    said = "2 lines were left out: 1 that ends before it begins, 1 outside the recording."
    assert said in reviewing.says()
    assert len(room.transcripts.all()) == before  # nothing before it is asked for
    reviewing.clicks(reviewing.button("Add to the case"))
    reviewing.sees(lambda: len(room.transcripts.all()) == before + 1)
    page = room.transcripts.page
    reviewing.sees(lambda: len(page.lines.rows) == 2)
    assert said in reviewing.says()  # and stays said
    return camera


def test_a_broken_file_is_taken_in_and_shown_below_the_picture(reviewing: Person, tmp_path: Path) -> None:
    room, camera = _room(reviewing), _taken_in(reviewing, tmp_path)
    page = room.transcripts.page
    QTest.mouseClick(page.lines.viewport(), Qt.MouseButton.LeftButton, pos=page.lines.line_point(0))
    reviewing.sees(lambda: reviewing.screen.isVisible())
    reviewing.settles()
    assert reviewing.playback.now() == page.lines.rows[0].at
    reviewing.key(Qt.Key.Key_V, SHIFT)
    tile = reviewing.screen.wall.tile(camera.key)
    assert tile is not None
    reviewing.sees(lambda: "Move. Now." in reviewing.paints(tile).replace("\n", " "))
    whole = tile.picture_rect
    reviewing.key(Qt.Key.Key_V, SHIFT)
    assert tile.picture_rect.height() > whole.height()


def test_lines_are_typed_along_while_it_plays_and_saved_as_a_file(reviewing: Person, tmp_path: Path) -> None:
    room, camera = _room(reviewing), _taken_in(reviewing, tmp_path)
    reviewing.program.window.show_screen("review")
    reviewing.goes_to(Utc((room.transcripts.page.lines.rows[0].at or 0) + SECOND // 2))
    _page(reviewing, "transcript")
    panel = room.typing.panel
    reviewing.key(Qt.Key.Key_L, ALT)  # type along with the transcript in view
    reviewing.sees(panel.isVisible)
    reviewing.sees(panel.text.hasFocus)
    stood = reviewing.playback.now()
    reviewing.types("Somebody call for help")
    reviewing.key(Qt.Key.Key_F8)
    reviewing.sees(lambda: reviewing.playback.now() == stood + 2 * SECOND)
    assert panel.text.text() == "Somebody call for help"
    lines = _entries(reviewing, LinesSet.KIND)
    reviewing.key(Qt.Key.Key_Return)
    reviewing.sees(lambda: len(panel.lines.rows) == 3)
    assert _entries(reviewing, LinesSet.KIND) == lines + 1
    typed = next(row for row in panel.lines.rows if row.line.text == "Somebody call for help")
    rolled = camera.manifest.parts[typed.line.part].duration  # no line is longer than its footage
    assert typed.at == stood and typed.line.end == min(typed.line.start + 2 * SECOND, rolled)

    reviewing.key(Qt.Key.Key_Escape)  # leaves the field: letters are keys again
    reviewing.sees(lambda: not panel.text.hasFocus())

    transcript = next(each for each in room.transcripts.all() if each.id == typed.transcript)
    room.transcripts.files.save(transcript, tmp_path / "out.vtt")
    reviewing.sees(lambda: (tmp_path / "out.vtt").exists())
    assert [c.text for c in webvtt.read(str(tmp_path / "out.vtt")).captions] == [
        "Move. Now.",
        "Somebody call for help",
        "ارجع إلى الوراء",
    ]
    assert _entries(reviewing, ReportExported.KIND) == 1


def test_what_is_no_transcript_is_refused_in_a_sentence_and_one_undo_takes_one_away(
    reviewing: Person, tmp_path: Path
) -> None:
    room = _room(reviewing)
    before = len(room.transcripts.all())
    _page(reviewing, "transcript")
    broken = tmp_path / "broken.vtt"
    broken.write_bytes(b"\x00\x01\x02" * 100)
    room.transcripts.files.look_at(broken)
    reviewing.sees(lambda: "broken.vtt is not text." in reviewing.says())
    assert not reviewing.has_button("Add to the case")
    good = tmp_path / "good.txt"
    good.write_text("0:05 NIEMI: Step back.")
    room.transcripts.files.look_at(good)
    reviewing.sees(lambda: reviewing.has_button("Add to the case"))
    reviewing.clicks(reviewing.button("Add to the case"))
    reviewing.sees(lambda: len(room.transcripts.all()) == before + 1)
    entries = _entries(reviewing, TranscriptSet.KIND)
    reviewing.key(Qt.Key.Key_Z, CTRL)
    reviewing.sees(lambda: len(room.transcripts.all()) == before)
    assert _entries(reviewing, TranscriptSet.KIND) == entries + 1  # by another entry; nothing is deleted


def test_the_story_names_moments_that_lead_to_the_footage_and_follow_its_clock(reviewing: Person) -> None:
    room = _room(reviewing)
    camera = reviewing.screen.wall.cameras[1]
    reviewing.screen.wall.focus(camera.key)
    at = Utc(max(c.range.start for c in reviewing.screen.wall.cameras) + 2 * SECOND)
    reviewing.goes_to(at)
    _page(reviewing, "story")
    known = len(room.narrative.page.cards)
    reviewing.key(Qt.Key.Key_N, ALT)
    reviewing.sees(lambda: len(room.narrative.page.cards) == known + 1)
    card = room.narrative.page.cards[-1]
    reviewing.sees(card.title.hasFocus)
    reviewing.types("What happened")
    reviewing.presses(Qt.Key.Key_Tab, card.text.hasFocus)
    reviewing.types("At @now")
    reviewing.key(Qt.Key.Key_Return)
    reviewing.types(" the arm is taken.")
    zone = reviewing.desk.zone()
    token = card.text.stored.split(" the arm")[0].removeprefix("At ")
    assert token.startswith(f"{{footage:{camera.key} ")
    assert card.text.read(token) == zone.clock(at, 1)
    assert "Not written to the log yet" in reviewing.says()
    entries = _entries(reviewing, NarrativeSet.KIND)
    reviewing.key(Qt.Key.Key_Escape)  # leaves the field
    reviewing.sees(lambda: not card.dirty)
    assert _entries(reviewing, NarrativeSet.KIND) > entries
    assert "Not written to the log yet" not in reviewing.says()

    line = room.transcripts.lines(room.transcripts.all()[0].id)[0]
    offered = room.references.offers(line.text.split()[-1])  # what was said is found to be named, too
    assert f"/{line.key}" in "".join(reference.id for reference, _target in offered)

    later = Micros(3 * SECOND)
    room.wall.retime(Alignment((Correction(camera.key, later, Micros(1_000), at),)))
    reviewing.sees(lambda: card.text.read(token) == zone.clock(Utc(at + later), 1))

    reviewing.program.window.show_screen("review")
    reviewing.goes_to(Utc(at + SECOND))
    _page(reviewing, "story")
    card.text.setFocus()
    cursor = card.text.textCursor()
    cursor.setPosition(4)
    card.text.setTextCursor(cursor)
    reviewing.key(Qt.Key.Key_G, CTRL)
    reviewing.sees(lambda: reviewing.screen.isVisible())
    reviewing.sees(lambda: abs(reviewing.playback.now() - (at + later)) <= 3)
