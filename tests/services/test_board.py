"""Where exhibits stand on the board, and what an empty cell says."""

from __future__ import annotations

from dataclasses import replace

from reviewer.domain.agency import Gate as Rule
from reviewer.domain.annotation import Bookmark, Mark
from reviewer.domain.case import Allegation, CaseDocument, Exhibit, Stance
from reviewer.domain.coverage import joined
from reviewer.domain.gate import AllegationGate, Basis, CaseGate, camera_gate
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.services.board import (
    DOCUMENTS,
    ELSEWHERE,
    Board,
    BoardCamera,
    Column,
    Empty,
    Stuff,
    case_board,
    playable,
    refusal,
)
from tests.ui.review import samples

ONE, TWO = (samples.manifest(n, ("22:40:00", "22:50:00")) for n in (1, 2))
LATE = samples.manifest(3, ("22:48:00", "22:50:00"))
HIDDEN = samples.manifest(4, ("22:40:00", "22:50:00"))
STILL = replace(samples.manifest(5, ("22:41:00", "22:41:10")), kind=Kind.STILL)
CAMERAS = tuple(BoardCamera(n, m, assigned=m is not HIDDEN) for n, m in enumerate((ONE, TWO, LATE, HIDDEN, STILL), 1))
A1, A2 = Allegation("al1", 1, "Force"), Allegation("al2", 2, "Words")
REPORT = CaseDocument("d1", "Use-of-force report", "pdf", "", "", 1, "", 4)


def _mark(id_: str, start: str, *on: Manifest, seconds: int = 0) -> Bookmark:
    at = TimeRange(samples.at(start), Utc(samples.at(start) + seconds * SECOND))
    marks = tuple(Mark(m.recording_id, 0, Micros(at.start - m.range.start), Micros(at.end - m.range.start)) for m in on)
    return Bookmark(id_, "c1", at, marks, "moment", f"seen at {start}", "salo", samples.NOW, "o", 0)


MARKS = {
    m.id: m
    for m in (_mark("m1", "22:42:00", ONE, seconds=4), _mark("m2", "22:41:00", ONE, TWO), _mark("m3", "22:43:00"))
}
STUFF = Stuff(MARKS, {"d1": REPORT})


def _exhibit(number: int, allegation: Allegation = A1, stance: Stance = Stance.FOR, **of: str) -> Exhibit:
    return Exhibit(f"e{number}", number, allegation.id, stance, **of)  # type: ignore[arg-type]


def _made(*exhibits: Exhibit, stuff: Stuff = STUFF, gate: CaseGate | None = None) -> Board:
    return case_board((A1, A2), exhibits, CAMERAS, stuff, gate)


def _names(board: Board, column: str, allegation: Allegation = A1) -> list[str]:
    cell = board.cell(allegation.id, column)
    assert cell is not None
    return [card.exhibit.name for card in cell.cards]


def test_columns_are_assigned_cameras_in_order_and_paper_stills_only_where_something_rests_on_them() -> None:
    assert [c.key for c in _made().columns] == ["rec-1", "rec-2", "rec-3", DOCUMENTS]
    board = _made(_exhibit(1, recording="rec-5"))
    assert [(c.key, c.number) for c in board.columns][3:] == [("rec-5", 5), (DOCUMENTS, 0)]


def test_an_exhibit_stands_with_each_camera_of_its_mark_in_order_of_time_and_counts_once() -> None:
    board = _made(_exhibit(1, mark="m1"), _exhibit(2, stance=Stance.AGAINST, mark="m2"), _exhibit(3, mark="m3"))
    assert _names(board, "rec-1") == ["E2", "E1", "E3"]
    assert _names(board, "rec-2") == ["E2", "E3"]
    assert _names(board, "rec-3") == []  # the mark on all cameras stands on those that rolled then
    assert board.rows[0].words == "2 for · 1 against"
    assert board.rows[1].words == "0 for · 0 against"
    assert [card.exhibit.name for card in playable(board.rows[0])] == ["E2", "E1", "E3"]
    card = board.rows[0].cells[0].cards[1]
    assert card.at == TimeRange(samples.at("22:42:00"), samples.at("22:42:04"))
    assert card.text == "seen at 22:42:00"
    assert _names(_made(_exhibit(1, mark="m2", recording="rec-2")), "rec-1") == []


def test_a_corrected_clock_moves_it() -> None:
    moved = replace(ONE, parts=tuple(replace(p, started_at=Utc(p.started_at + 30 * SECOND)) for p in ONE.parts))
    board = case_board((A1,), (_exhibit(1, mark="m1"),), (BoardCamera(1, moved),), STUFF)
    at = board.rows[0].cells[0].cards[0].at
    assert at is not None
    assert at.start == samples.at("22:42:30")


def test_what_was_withdrawn_or_is_not_here_is_said_and_not_played() -> None:
    stuff = Stuff(MARKS, {}, withdrawn={"m9", "d9"})
    board = _made(
        _exhibit(1, mark="m9"),
        _exhibit(2, mark="m8", recording="rec-1"),
        _exhibit(3, document="d9", where="p. 2"),
        stuff=stuff,
    )
    assert [c.key for c in board.columns][-1] == ELSEWHERE
    assert [card.gone for card in board.rows[0].exhibits] == [
        "The mark was withdrawn.",
        "The mark is not here.",
        "The document was withdrawn.",
    ]
    assert playable(board.rows[0]) == ()
    lost = _made(_exhibit(1, recording="rec-77"))
    assert _names(lost, ELSEWHERE) == ["E1"]
    assert "not of this case" in lost.rows[0].exhibits[0].gone


def test_an_empty_cell_says_why() -> None:
    required = joined([(samples.at("22:43:00"), samples.at("22:45:00"))])
    seen = [("salo", "rec-1", 1000, list(required))]
    cameras = (camera_gate("rec-1", required, seen, 2000), camera_gate("rec-2", required, [], 2000))
    gate = CaseGate((AllegationGate("al1", "A1", Rule(), Basis.ALLEGED, None, cameras, ("rec-3",)),))
    cells = _made(gate=gate).rows[0].cells
    assert [cell.empty for cell in cells] == [Empty.SILENT, Empty.LEFT, Empty.ABSENT, Empty.NOTHING]
    assert cells[1].left == 120 * SECOND
    assert _made().rows[0].cells[0].empty is Empty.COUNTING
    paper = [
        _made(stuff=stuff).rows[0].cells[-1]
        for stuff in (Stuff({}, {}), Stuff({}, {"d1": REPORT}, opened=()), Stuff({}, {"d1": REPORT}, opened=("d1",)))
    ]
    assert [(cell.empty, cell.files) for cell in paper] == [(Empty.NO_DOCUMENTS, 0), (Empty.UNREAD, 1), (Empty.READ, 0)]


def test_called_silent_before_it_was_watched_is_said() -> None:
    required = joined([(samples.at("22:43:00"), samples.at("22:45:00"))])
    called = _exhibit(1, stance=Stance.SILENT, recording="rec-1")
    for views, too_much in (([], True), ([("salo", "rec-1", 1000, list(required))], False)):
        cameras = (camera_gate("rec-1", required, views, 2000),)
        gate = CaseGate((AllegationGate("al1", "A1", Rule(), Basis.ALLEGED, None, cameras),))
        cell = _made(called, gate=gate).cell("al1", "rec-1")
        assert cell is not None
        assert cell.claims_too_much is too_much
        more = _made(called, _exhibit(2, mark="m1"), gate=gate).cell("al1", "rec-1")
        assert more is not None
        assert not more.claims_too_much  # something was found there


def test_what_somebody_calls_silent_stands_there_as_such() -> None:
    board = _made(_exhibit(1, stance=Stance.SILENT, recording="rec-2"))
    cell = board.cell("al1", "rec-2")
    assert cell is not None
    assert [card.exhibit.stance for card in cell.cards] == [Stance.SILENT]
    assert board.rows[0].words == "0 for · 0 against"
    assert playable(board.rows[0]) == ()  # nothing of it is to be seen


def test_a_mark_goes_only_where_it_is() -> None:
    one, two, paper = Column("rec-1", 1, ONE), Column("rec-2", 2, TWO), Column(DOCUMENTS)
    assert refusal(MARKS["m1"], one) == refusal(MARKS["m3"], two) == ""
    assert refusal(MARKS["m1"], two) == "That mark is not on camera 2."
    assert "camera’s column" in refusal(MARKS["m1"], paper)
