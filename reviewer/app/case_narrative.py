"""An open case's story: its sections as everybody's logs make them, written here, with references that follow."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from reviewer.domain.case_acts import NarrativeSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.reference import plain
from reviewer.domain.thing import Edit
from reviewer.services.narrative import Narrative, Section
from reviewer.ui.case.narrative import NarrativePage
from reviewer.ui.case.narrative_section import SectionShown

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "story"
_SHORT = 80


class CaseNarrative(QObject):
    """Of one open case, on the GUI thread. What is shown as written comes from recorded entries alone."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self.narrative = Narrative(room.file)
        self.page = NarrativePage(room.desk.keys)
        self._adding = ""
        self._commands: dict[str, Callable[[], object]] = {
            "story.add": self.add,
            "story.refer": self.refer,
            "story.go": self.follow,
            "story.up": lambda: self._move(-1),
            "story.down": lambda: self._move(1),
        }
        room.screen.add_page(PAGE, "Story in order", "pencil", self.page, title="Story in order", side=self.page.cited)
        self.page.written.connect(self._write)
        self.page.moved.connect(lambda id_, by: self._attempt(lambda: self.narrative.move(id_, by)))
        self.page.withdrawn.connect(lambda id_: self._attempt(lambda: self.narrative.withdraw(id_)))
        self.page.followed.connect(room.references.go)
        self.page.command.connect(lambda command: self._commands[command]())
        room.references.changed.connect(self._show_references)
        room.changed.connect(self._hear)
        room.screen.shown.connect(lambda page: self.refresh() if page == PAGE else None)
        room.screen.locked.connect(self.page.write)
        room.undo.callback(self.page.write)  # nothing that was typed is lost with the page
        for command, act in self._commands.items():
            room.desk.keys.bind(room.screen, command, act)
        self._show_references()
        self.refresh()

    # Showing

    def _hear(self, kinds: frozenset[type]) -> None:
        if not kinds or NarrativeSet in kinds:
            self.refresh()

    def _show_references(self) -> None:
        references = self._room.references
        self.page.set_case(references.resolve, references.offers)

    def refresh(self) -> None:
        """The sections as they stand."""
        lost = self.narrative.lost()
        self.page.show_sections([self._shown(each, lost.get(each.id)) for each in self.narrative.sections()])
        refusal = self._room.file.refusal
        self.page.set_may_write(refusal is None, refusal.message if refusal is not None else "")
        if self._adding:
            self.page.begin(self._adding)
            self._adding = ""

    def _shown(self, section: Section, lost: Edit | None) -> SectionShown:
        desk, last = self._room.desk, section.last
        zone = desk.zone()
        by = f"Written by {desk.user_name(last.user)}, {zone.date(last.at)} {zone.clock(last.at)}" if last else ""
        if lost is None:
            return SectionShown(section, by)
        words = plain(lost.before, self._room.references.resolve).replace("\n", " ")
        short = words if len(words) <= _SHORT else f"{words[:_SHORT]}…"
        return SectionShown(
            section, by, lost.before, f"{desk.user_name(lost.user)} wrote over a text that they had not seen: “{short}”"
        )

    # Writing

    def add(self) -> None:
        """One more section, and the keyboard goes there."""
        self.page.write()
        self._attempt(self.narrative.add, self._added)

    def _added(self, id_: str) -> None:
        self._adding = id_
        self._room.screen.show_page(PAGE)
        self.refresh()

    def refer(self) -> None:
        """Ask what the text at the cursor is to name."""
        field = self.page.current()
        if field is not None:
            field.ask()
        else:
            self._room.screen.tell("Place the cursor in a section first.")

    def follow(self) -> None:
        """Where the reference at the cursor leads."""
        field = self.page.current()
        if field is None or not field.follow():
            self._room.screen.tell("There is no reference at the cursor.")

    def _move(self, by: int) -> None:
        card = next((each for each in self.page.cards if each.title.hasFocus() or each.text.hasFocus()), None)
        if card is not None:
            self._attempt(lambda: self.narrative.move(card.id, by))

    def _write(self, id_: str, fields: dict[str, str], seen: dict[str, str]) -> None:
        def written(_id: str) -> None:
            card = self.page.card(id_)
            if card is not None:
                card.recorded(fields)
            self.refresh()

        self._attempt(lambda: self.narrative.write(id_, fields, seen), written)

    def _attempt(self, act: Callable[[], Future[str] | None], done: Callable[[str], None] = lambda _id: None) -> None:
        try:
            future = act()
        except ReviewerError as wrong:
            self._room.say(wrong)
            return
        if future is not None:
            self._room.desk.bridge.watch(future, done, self._room.say, self)
