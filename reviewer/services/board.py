"""The allegation board: allegations down, cameras and documents across; in each cell what speaks for, against, or is
silent, or why there is nothing. Put together from the case's things, its marks and the coverage gate; reads nothing.

Silent means watched and nothing found; what nobody watched is said apart, and so is a camera that did not roll then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from reviewer.domain.annotation import Bookmark
from reviewer.domain.case import Allegation, CaseDocument, Exhibit, Stance
from reviewer.domain.coverage import length
from reviewer.domain.gate import AllegationGate, CaseGate
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import Micros, TimeRange, Utc

_NONE = Micros(0)
DOCUMENTS = "documents"
ELSEWHERE = "elsewhere"
"""Keys of the two columns that are no camera: what is on paper, and what is on footage that is not of this case now."""
STANCES = (Stance.FOR, Stance.AGAINST, Stance.UNDECIDED)
"""Those that are counted."""


class Empty(Enum):
    """Why a cell has no exhibit."""

    COUNTING = "being counted"
    SILENT = "watched: silent"
    LEFT = "not watched"
    ABSENT = "no footage at this time"
    NO_DOCUMENTS = "no documents"
    UNREAD = "not opened"
    READ = "read: silent"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Card:
    """An exhibit where it stands on the board. `at` is wall time on `recording`, None where it has none; `where` a
    place on paper; `on` every camera that it is shown on; `gone` says that what it rests on was withdrawn or is not
    here."""

    exhibit: Exhibit
    text: str
    recording: str = ""
    at: TimeRange | None = None
    where: str = ""
    on: tuple[str, ...] = ()
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`empty` is why there is no card, or would not be. `left` and `files` (documents) say how much where it is LEFT or
    UNREAD, `unheard` what of a SILENT one was watched without its sound; `whole` if that is all of it."""

    cards: tuple[Card, ...] = ()
    empty: Empty = Empty.NOTHING
    left: Micros = _NONE
    files: int = 0
    unheard: Micros = _NONE
    whole: bool = False

    @property
    def claims_too_much(self) -> bool:
        """Somebody calls it silent, and not all of it was watched."""
        silent = all(card.exhibit.stance is Stance.SILENT for card in self.cards)
        return bool(self.cards) and silent and self.empty is Empty.LEFT


@dataclass(frozen=True, slots=True)
class Column:
    """A camera by its number in the case, or (number 0) one of the two other columns. `key` is its recording."""

    key: str
    number: int = 0
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Row:
    allegation: Allegation
    cells: tuple[Cell, ...]
    exhibits: tuple[Card, ...]
    gate: AllegationGate | None = None

    def count(self, stance: Stance) -> int:
        return sum(card.exhibit.stance is stance for card in self.exhibits)

    @property
    def words(self) -> str:
        """ "2 for · 2 against · 1 undecided"."""
        said = [f"{self.count(stance)} {stance}" for stance in STANCES[:2]]
        if undecided := self.count(Stance.UNDECIDED):
            said.append(f"{undecided} undecided")
        return " · ".join(said)


@dataclass(frozen=True, slots=True)
class Board:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def cell(self, allegation: str, column: str) -> Cell | None:
        """By the allegation's id and the column's key."""
        row = next((r for r in self.rows if r.allegation.id == allegation), None)
        at = next((n for n, c in enumerate(self.columns) if c.key == column), -1)
        return row.cells[at] if row is not None and at >= 0 else None


@dataclass(frozen=True, slots=True)
class BoardCamera:
    """A camera of the case as the wall has it: `manifest` in wall time."""

    number: int
    manifest: Manifest
    assigned: bool = True


@dataclass(frozen=True, slots=True)
class Stuff:
    """What exhibits rest on: the case's marks and documents by id, those that were withdrawn too (`marks` lack them,
    `withdrawn` names them). `opened`: ids of documents that somebody looked into; None while nobody knows."""

    marks: Mapping[str, Bookmark]
    documents: Mapping[str, CaseDocument]
    withdrawn: Collection[str] = ()
    opened: Collection[str] | None = None


def case_board(
    allegations: Iterable[Allegation],
    exhibits: Iterable[Exhibit],
    cameras: Sequence[BoardCamera],
    stuff: Stuff,
    gate: CaseGate | None = None,
) -> Board:
    """Cameras that are assigned stand in their order, stills only where something rests on them."""
    placed = [_placed(each, cameras, stuff) for each in exhibits]
    used = {column for column, _cards in (pair for each in placed for pair in each.items())}
    columns = [
        Column(c.manifest.recording_id, c.number, c.manifest)
        for c in cameras
        if c.assigned and (c.manifest.kind is not Kind.STILL or c.manifest.recording_id in used)
    ]
    columns.append(Column(DOCUMENTS))
    if ELSEWHERE in used:
        columns.append(Column(ELSEWHERE))
    of: dict[str, list[dict[str, Card]]] = {}
    for each in placed:
        first = next(iter(each.values()))
        of.setdefault(first.exhibit.allegation, []).append(each)
    rows = (_row(each, of.get(each.id, ()), columns, stuff, gate) for each in allegations)
    return Board(tuple(columns), tuple(rows))


def playable(row: Row) -> tuple[Card, ...]:
    """The exhibits of an allegation that are on footage, each once, in order of time."""
    found = [card for card in row.exhibits if card.at is not None and card.recording and not card.gone]
    return tuple(sorted(found, key=lambda card: (card.at.start if card.at is not None else 0, card.exhibit.number)))


def refusal(mark: Bookmark, column: Column) -> str:
    """Why a mark may not stand in this column; "" if it may."""
    on = {each.recording for each in mark.marks}
    if not column.number:
        return "A mark on footage stands in a camera’s column."
    if on and column.key not in on:
        return f"That mark is not on camera {column.number}."
    return ""


def _placed(exhibit: Exhibit, cameras: Sequence[BoardCamera], stuff: Stuff) -> dict[str, Card]:
    """By column, where an exhibit stands: one that is on several cameras stands with each of them."""
    if exhibit.document:
        paper = stuff.documents.get(exhibit.document)
        missing = exhibit.document in stuff.withdrawn
        gone = "The document was withdrawn." if missing else "" if paper is not None else "The document is not here."
        text = exhibit.text or (paper.name if paper is not None else "")
        return {DOCUMENTS: Card(exhibit, text, where=exhibit.where, gone=gone)}
    mark = stuff.marks.get(exhibit.mark)
    gone = ""
    if exhibit.mark and mark is None:
        gone = "The mark was withdrawn." if exhibit.mark in stuff.withdrawn else "The mark is not here."
    text = exhibit.text or (mark.text if mark is not None else "")
    assigned = {c.manifest.recording_id: c.manifest for c in cameras if c.assigned}
    places = _places(exhibit, mark, assigned)
    known = {key: at for key, at in places.items() if key in assigned}
    if not known:
        return {ELSEWHERE: Card(exhibit, text, gone=gone or "That footage is not of this case now.")}
    on = tuple(known)
    return {key: Card(exhibit, text, key, at, on=on, gone=gone) for key, at in known.items()}


def _places(exhibit: Exhibit, mark: Bookmark | None, cameras: Mapping[str, Manifest]) -> dict[str, TimeRange | None]:
    if mark is None:
        return {exhibit.recording: exhibit.at} if exhibit.recording else {}
    found: dict[str, TimeRange | None] = dict(mark_places(mark, cameras))
    if exhibit.recording:
        found = {exhibit.recording: found.get(exhibit.recording, mark.at if not mark.marks else None)}
    return found


def mark_places(mark: Bookmark, cameras: Mapping[str, Manifest]) -> dict[str, TimeRange]:
    """Where a mark stands on each camera that it is on, in wall time (`cameras` too); one on all of them stands on
    those that rolled then."""
    if not mark.marks:
        instant = TimeRange(mark.at.start, Utc(max(mark.at.end, mark.at.start + 1)))
        rolled = (key for key, m in cameras.items() if any(p.overlap(instant) is not None for p in m.rolling))
        return dict.fromkeys(rolled, mark.at)
    found: dict[str, TimeRange] = {}
    for each in mark.marks:
        manifest = cameras.get(each.recording)
        if manifest is None or each.part >= len(manifest.parts):
            continue
        model = manifest.model(manifest.parts[each.part])
        start, end = model.to_utc(each.start), model.to_utc(each.end)
        before = found.get(each.recording)
        if before is not None:
            start, end = min(start, before.start), max(end, before.end)
        found[each.recording] = TimeRange(start, max(start, end))
    return found


def _row(
    allegation: Allegation,
    placed: Sequence[dict[str, Card]],
    columns: Sequence[Column],
    stuff: Stuff,
    gate: CaseGate | None,
) -> Row:
    its = gate.of(allegation.id) if gate is not None else None
    cells = tuple(_cell([p[c.key] for p in placed if c.key in p], c, stuff, its) for c in columns)
    return Row(allegation, cells, tuple(next(iter(p.values())) for p in placed), its)


def _cell(cards: Sequence[Card], column: Column, stuff: Stuff, gate: AllegationGate | None) -> Cell:
    ordered = sorted(cards, key=lambda c: (c.at.start if c.at is not None else 0, c.exhibit.number))
    return replace(_without(column, stuff, gate), cards=tuple(ordered))


def _without(column: Column, stuff: Stuff, gate: AllegationGate | None) -> Cell:
    """What the cell says where it has no card."""
    if column.key == DOCUMENTS:
        return _paper(stuff)
    if column.key == ELSEWHERE:
        return Cell()
    if gate is None:
        return Cell(empty=Empty.COUNTING)
    camera = gate.camera(column.key)
    if camera is None:
        return Cell(empty=Empty.ABSENT)
    left = length(camera.left)
    if left:
        return Cell(empty=Empty.LEFT, left=left)
    unheard = camera.unheard
    return Cell(empty=Empty.SILENT, unheard=unheard, whole=not camera.heard)


def _paper(stuff: Stuff) -> Cell:
    if not stuff.documents:
        return Cell(empty=Empty.NO_DOCUMENTS)
    if stuff.opened is None:
        return Cell()
    unread = len(set(stuff.documents) - set(stuff.opened))
    return Cell(empty=Empty.UNREAD, files=unread) if unread else Cell(empty=Empty.READ)
