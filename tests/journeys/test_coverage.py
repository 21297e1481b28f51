"""What was watched is said exactly: at 1×, faster, under something, minimised, locked; on the screen and by command."""

from __future__ import annotations

from contextlib import closing

from PySide6.QtCore import Qt

from reviewer.domain import coverage as cover
from reviewer.domain.coverage import UNSEEN, Manner, manner_of
from reviewer.domain.events import Source, ViewClosed, Visible
from reviewer.domain.tile import Fidelity
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import EntryFilter
from reviewer.services.coverage import CaseCoverage, case_coverage, relevant
from reviewer.services.demo import CASE
from reviewer.services.playback import WallPicture
from tests.journeys.conftest import SALO, Command, Person, secret

PLAY = Qt.Key.Key_Space
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Notes:
    """Every frame that was really painted, and how, by what the window handed to the log."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self.frames: list[tuple[str, TimeRange, int, Manner | None]] = []
        told = person.playback.painted

        def note(wall: WallPicture) -> None:
            rate = round(wall.rate * 1000) if wall.playing else 0
            for key, picture in wall.pictures.items():
                seen = wall.seen.get(key)
                if picture.image is not None and seen is not None:
                    source = Source.PROXY if picture.fidelity is Fidelity.PROXY else Source.ORIGINAL
                    how = {"heard": False, "visible": seen.visible, "source": source, "crop": seen.crop}
                    manner = manner_of(rate, (seen.width, seen.height), **how)
                    self.frames.append((key, TimeRange(picture.at, picture.until), rate, manner))
            told(wall)

        person.playback.painted = note  # type: ignore[method-assign]

    def of(self, *manners: Manner | None) -> set[str]:
        return {key for key, _, _, manner in self.frames if manner in manners}


def _counted(person: Person) -> CaseCoverage:
    session = person.desk.session
    with closing(session.queries()) as queries:
        matters = relevant(session.open_case(CASE), (c.manifest for c in person.room.cameras))
        return case_coverage(queries, CASE, matters)


def _plays(person: Person, micros: int) -> None:
    """Play so much footage from here at the speed that is set, and stop."""
    until = person.playback.now() + micros
    person.key(PLAY)
    person.sees(lambda: person.playback.now() >= until)
    person.key(PLAY)
    person.sees(lambda: not person.playback.playing)


def _at_rest(person: Person) -> None:
    """Every span is closed, and what it says is folded."""
    person.room.lock()
    waiting = person.viewing.rest()
    person.sees(lambda: all(each.done() for each in waiting))
    person.room.unlock()


def test_the_sentence_is_exactly_what_was_painted(reviewing: Person, command: Command) -> None:
    cameras = [c for c in reviewing.room.cameras if not c.is_still]
    start = max(c.manifest.range.start for c in cameras)
    reviewing.goes_to(start)
    notes = Notes(reviewing)
    _plays(reviewing, 4 * SECOND)
    reviewing.screen.controls.set_rate(4000)
    _plays(reviewing, 4 * SECOND)
    reviewing.screen.controls.set_rate(1000)
    reviewing.program.window.showMinimized()
    reviewing.sees(lambda: reviewing.program.window.isMinimized())
    before = len(notes.frames)
    reviewing.screen.controls.toggle()
    reviewing.lives(700)
    reviewing.screen.controls.stop()
    reviewing.program.window.showNormal()
    reviewing.sees(lambda: not reviewing.program.window.isMinimized())
    assert [f for f in notes.frames[before:] if f[2] and f[3] is not None] == [], "minimised, and counted as seen"
    reviewing.program.window.lock("asked")
    locked = len(notes.frames)
    reviewing.lives(300)
    assert len(notes.frames) == locked, "nothing is painted behind the lock"
    found = _counted(reviewing)
    _is_what_was_painted(found, notes)
    said = found.sentence
    assert said.startswith(f"{cover.percent(found.together.watched, found.together.relevant)} % of the relevant ")
    left = cover.length_words(found.together.unseen, up=True)
    assert said.endswith(f"{left} never seen by anybody.")
    reviewing.leaves()
    salo = ("--user", SALO.id, "--passphrase-file", secret(reviewing.demo, "salo", SALO.passphrase))
    printed = command("coverage", CASE, *salo)
    assert printed["sentence"] == said
    assert printed["together"]["never_seen_us"] == found.together.unseen
    nobody = command("coverage", CASE, "--person", "S. Aro", *salo)
    assert nobody["together"]["watched_us"] == 0


def _is_what_was_painted(found: CaseCoverage, notes: Notes) -> None:
    """Frame for frame, but for the last of each camera, which may be cut where the relevant footage ends."""
    for each in found.together.recordings:
        seen = {
            manner: cover.joined((f.start, f.end) for k, f, _, m in notes.frames if k == each.recording and m is manner)
            for manner in Manner
        }
        for manner in (Manner.SILENT, Manner.FASTER, Manner.COPY):
            better = cover.joined(x for m in Manner if m < manner for x in seen[m])
            only = cover.parted(cover.parted(seen[manner], each.relevant)[0], better)[1]
            logged = each.of(*(m for m in Manner if m <= manner))
            assert cover.length(cover.parted(only, logged)[1]) == 0, f"{manner.name} was painted and is not counted"
        painted = cover.joined(x for m in seen for x in seen[m])
        counted = each.of(*(m for m in Manner if m not in (*UNSEEN, Manner.MAYBE, Manner.FILM)))
        extra = cover.parted(counted, painted)[1]
        skipped = max((b - a for a, b in extra), default=0)
        assert skipped <= 400_000, "only what is skipped between two frames at 4× is counted with them"


def test_what_a_sheet_covers_is_said_and_not_counted(reviewing: Person) -> None:
    reviewing.goes_to(max(c.manifest.range.start for c in reviewing.room.cameras if not c.is_still))
    reviewing.key(Qt.Key.Key_H)
    reviewing.sees(lambda: reviewing.screen.coverage.sheet is not None)
    reviewing.screen.controls.toggle()
    reviewing.lives(800)
    reviewing.screen.controls.stop()
    _at_rest(reviewing)
    under = reviewing.screen.wall.focused
    with closing(reviewing.desk.session.queries()) as queries:
        kinds = EntryFilter(kinds=(ViewClosed.KIND,))
        rolled = [e.event for e in queries.entries(kinds) if isinstance(e.event, ViewClosed) and e.event.rate_milli]
    shown = [camera for event in rolled for camera in event.cameras if camera.recording == under]
    assert {camera.visible for camera in shown} == {Visible.COVERED}
    found = next(each for each in _counted(reviewing).together.recordings if each.recording == under)
    assert cover.length(found.of(*cover.WATCHED)) < SECOND // 2, (
        "a frame where it stood, and nothing of what ran behind the sheet"
    )


def test_to_what_nobody_saw_and_who_saw_this(reviewing: Person) -> None:
    start = max(c.manifest.range.start for c in reviewing.room.cameras if not c.is_still)
    reviewing.goes_to(start)
    _plays(reviewing, 2 * SECOND)
    there = reviewing.playback.now()
    _at_rest(reviewing)
    reviewing.screen.coverage.refresh()
    reviewing.sees(lambda: "never seen" in reviewing.paints(reviewing.program.window.status))
    reviewing.goes_to(Utc(start + SECOND))
    reviewing.key(Qt.Key.Key_X)
    focused = next(c for c in reviewing.screen.wall.cameras if c.key == reviewing.screen.wall.focused)
    known = {each.recording: each for each in _counted(reviewing).together.recordings}
    assert reviewing.playback.now() == cover.next_unseen(known[focused.key], Utc(start + SECOND))
    assert reviewing.playback.now() <= there + SECOND // 2
    reviewing.goes_to(Utc(start + SECOND))
    reviewing.key(Qt.Key.Key_H)
    reviewing.sees(lambda: reviewing.screen.coverage.sheet is not None)
    sheet = reviewing.screen.coverage.sheet
    assert sheet is not None
    assert "K. Salo" in sheet.words
    rows = sheet.table.rows.rows
    assert {row.user for row in rows} == {SALO.id}
    assert {row.purpose for row in rows} == {"complaint"}
    reviewing.key(Qt.Key.Key_Escape)
    reviewing.sees(lambda: reviewing.screen.coverage.sheet is None)
