"""Everything on the review screen that marks: keys of the kinds, the note that is written, the list, what is drawn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.agency import Tables
from reviewer.domain.annotation import MOMENT, Bookmark
from reviewer.domain.case import Stance
from reviewer.ui.action_notes import ALLEGATIONS, KINDS, kind_key
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.command import Command
from reviewer.ui.review.annotation_editor import Draft
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.drawing import Drawing
from reviewer.ui.review.drawing_pad import DrawingPad
from reviewer.ui.times import Zone

if TYPE_CHECKING:
    from reviewer.ui.review.screen import ReviewScreen


class Notes(QObject):
    """Of one review screen. `set_tables` gives it the agency's words; until then they are those of the example
    table."""

    def __init__(self, screen: ReviewScreen, keys: KeyTable, zone: Zone, bridge: Bridge) -> None:
        super().__init__(screen)
        self._screen, self._keys, self._zone = screen, keys, zone
        self._wall, self._controls = screen.wall, screen.controls
        self.marking, self.panel = screen.marking, screen.panel
        self.drawing = Drawing(self.marking, self.panel, DrawingPad(keys), self._wall, self._controls, bridge, self)
        self._connect()

    def _connect(self) -> None:
        screen, marking, panel = self._screen, self.marking, self.panel
        marking.changed.connect(screen.timeline.set_bookmarks)
        marking.put.connect(screen.timeline.put_bookmark)
        marking.marked_changed.connect(screen.timeline.set_marked)
        marking.failed.connect(screen.say)
        marking.added.connect(self._added)
        panel.editor.signed.connect(self._sign)
        panel.time_asked.connect(self._controls.seek)
        self.drawing.failed.connect(screen.say)
        self.drawing.told.connect(screen.tell)

    def set_tables(self, tables: Tables) -> None:
        """The agency's kinds, and the keys that it gave them."""
        self.marking.set_tables(tables)
        said = []
        for n, kind in enumerate(tables.kinds[:KINDS], 1):
            said.append(Command(f"kind.{n}", f"Mark “{kind.words}”, or the note’s kind", kind_key(kind.key), "Notes"))
        left = range(len(said) + 1, KINDS + 1)
        self._keys.agree([*said, *(Command(f"kind.{n}", f"Kind {n}: there is none", "", "Notes") for n in left)])

    def forget_tables(self) -> None:
        """The case ends: the keys are the example table's again."""
        self._keys.agree(())

    def commands(self) -> dict[str, Callable[[], object]]:
        """Command id → what it does."""
        editor, panel, marking = self.panel.editor, self.panel, self.marking
        found: dict[str, Callable[[], object]] = {
            "bookmark.add": self.bookmark,
            "note.write": self.write,
            "note.sign": editor.submit,
            "undo": marking.undo,
            "redo": marking.redo,
            "note.for": partial(self._stance, Stance.FOR),
            "note.against": partial(self._stance, Stance.AGAINST),
            "note.undecided": partial(self._stance, Stance.UNDECIDED),
            "note.camera": self._toggle_camera,
            "note.everywhere": lambda: editor.cameras.set_all(bool(editor.cameras.keys)),
            "note.time": self._insert_time,
            "list.find": self._find,
            "marks.filter": panel.open_filter,
            "mark.change": self._change,
            "mark.withdraw": panel.withdraw_picked,
            "mark.history": panel.toggle_past,
        }
        found |= self.drawing.commands()
        found |= {f"kind.{n}": partial(self.mark_as, n) for n in range(1, KINDS + 1)}
        found |= {f"note.alleged.{n}": partial(self._about, n) for n in range(1, ALLEGATIONS + 1)}
        return found

    # Marks by one key

    def bookmark(self) -> None:
        """B: a mark at the play-head or of the range, without words."""
        self.marking.quick(self._controls.place(), self._focused())

    def mark_as(self, n: int) -> None:
        """The n-th kind of the agency's table: a mark of it, or the kind of the note that is being written."""
        kinds = self.marking.marked.tables.kinds
        if n > len(kinds):
            return
        if self.panel.editor.in_use:
            self.panel.editor.choose_kind(kinds[n - 1].id)
        else:
            self.marking.quick(self._controls.place(), self._focused(), kinds[n - 1].id)

    def _focused(self) -> ReviewCamera | None:
        return next((c for c in self._wall.cameras if c.key == self._wall.focused), None)

    def _added(self, bookmark: Bookmark) -> None:
        """The range has become a mark: the next one is a moment again."""
        if bookmark.at == self._controls.range and not self._controls.looping:
            self._controls.clear_range()
        kind = self.marking.marked.kind(bookmark.kind)
        if bookmark.kind != MOMENT and not bookmark.text:
            self._screen.tell(f"Marked: {kind.words}, {self._zone.clock(bookmark.at.start, 1)}")

    # The note that is written

    def write(self) -> None:
        """N: take the keyboard."""
        self._screen.side.show_annotations()
        self.panel.editor.begin()

    def show_place(self) -> None:
        """Where the next note will be."""
        self.panel.editor.show_place(self._controls.place(), self._wall.focused)

    def _sign(self, draft: Draft) -> None:
        self.marking.sign(draft, self._controls.place(), self._wall.cameras)

    def _about(self, n: int) -> None:
        self._screen.side.show_annotations()
        self.panel.editor.choose_allegation(n)

    def _stance(self, stance: Stance) -> None:
        self._screen.side.show_annotations()
        self.panel.editor.choose_stance(stance)

    def _toggle_camera(self) -> None:
        if self._wall.focused is not None:
            self.panel.editor.cameras.toggle(self._wall.focused)

    def _insert_time(self) -> None:
        self._screen.side.show_annotations()
        self.panel.editor.insert_time(self._zone.clock(self._controls.place().start, 1))

    # The list

    def _find(self) -> None:
        self._screen.side.show_annotations()
        self.panel.begin_search()

    def _change(self) -> None:
        self._screen.side.show_annotations()
        self.panel.begin_change()
