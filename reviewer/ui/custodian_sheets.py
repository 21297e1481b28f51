"""The side sheets of the recordings screen: what is picked, a case with its people, what waits for a signature."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.domain.place import UNIT
from reviewer.domain.roster import Role
from reviewer.services.catalogue_search import CaseEntry, Entry
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_source import KeyState, Picture, Waiting
from reviewer.ui.fonts import Type
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, Tag, divider, label, strong

WIDTH = 360
_SHOWN = 8  # of several


class Sheet(QWidget):
    """A heading, lines that are made anew, and buttons below."""

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self.keys, self.zone = keys, zone
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(6)
        self.heading = label("", Type.PANEL, wrap=True)
        column.addWidget(self.heading)
        self.lines = QVBoxLayout()
        self.lines.setSpacing(1)
        column.addLayout(self.lines)
        self.error = ErrorNote()
        column.addSpacing(6)
        column.addWidget(self.error)
        self.buttons = QVBoxLayout()
        self.buttons.setSpacing(8)
        column.addLayout(self.buttons)
        column.addStretch()

    def button(self, said: str, command: str, icon: str, look: Look = Look.DEFAULT) -> Button:
        made = self.keys.wear(Button(said, icon=icon, look=look, height=36 if look is Look.PRIMARY else 32), command)
        self.buttons.addWidget(made)
        return made

    def begin(self, heading: str) -> None:
        self.heading.setText(heading)
        self.error.clear()
        clear(self.lines)

    def say(self, said: str, tone: str = "text") -> None:
        self.lines.addWidget(label(said, Type.BODY, tone, wrap=True))

    def fact(self, name: str, said: str) -> None:
        if said:
            self.lines.addSpacing(8)
            self.lines.addWidget(label(name, Type.LABEL, "text2"))
            self.say(said)

    def head(self, said: str) -> None:
        self.lines.addSpacing(12)
        self.lines.addWidget(divider())
        self.lines.addSpacing(8)
        self.lines.addWidget(strong(said))

    def tag(self, said: str, tone: Tone, icon: str) -> None:
        self.lines.addWidget(Tag(said, tone, icon), 0, Qt.AlignmentFlag.AlignLeft)


class PickedSheet(Sheet):
    """The picked recordings. `assign`, `release`, `withdraw`, `key` ask for that."""

    assign = Signal()
    release = Signal()
    withdraw = Signal()
    key = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, zone)
        self._assign = self.button("Assign …", "recordings.assign", "user-plus", Look.PRIMARY)
        self._release = self.button("Release for training …", "recordings.release", "school")
        self._withdraw = self.button("Withdraw from training …", "recordings.withdraw", "arrow-back-up")
        self._key = self.button("Open the custody key", "recordings.key", "key", Look.QUIET)
        self._assign.clicked.connect(self.assign)
        self._release.clicked.connect(self.release)
        self._withdraw.clicked.connect(self.withdraw)
        self._key.clicked.connect(self.key)

    def show_key(self, state: KeyState) -> None:
        self._key.setVisible(state.wanted)
        self._key.set_words("Forget the custody key" if state.opened else "Open the custody key")

    def show_picked(self, chosen: Sequence[Entry], picture: Picture) -> None:
        """Nothing, one recording, or several."""
        listing = picture.overview.listing
        if len(chosen) == 1:
            self._one(chosen[0], picture)
        elif chosen:
            self.begin(words.chosen_words(chosen))
            for entry in chosen[:_SHOWN]:
                when = f"{self.zone().date(entry.start)}, {words.clocks(entry.range, self.zone())}"
                self.fact(when, entry.officer)
            if len(chosen) > _SHOWN:
                self.say(f"and {len(chosen) - _SHOWN:,} more", "text2")
            restricted = sum(e.restricted for e in chosen)
            if restricted:
                self.tag(f"{restricted:,} restricted", Tone.WARN, "lock")
        else:
            self.begin("Nothing picked")
            self.say("Pick a recording with the arrows; Shift picks several, Ctrl A all that are shown.", "text2")
        out = sum(e.recording_id in listing.released for e in chosen)
        self._assign.set_enabled(bool(chosen), "Pick a recording first.")
        self._release.setVisible(len(chosen) > out)
        self._withdraw.setVisible(out > 0)

    def _one(self, entry: Entry, picture: Picture) -> None:
        zone, listing = self.zone(), picture.overview.listing
        self.begin(entry.officer)
        if entry.restricted:
            self.tag("restricted", Tone.WARN, "lock")
            self.say(entry.why_restricted or "The reason is sealed.", "text2")
        if entry.recording_id in listing.released:
            self.tag("released for training", Tone.INFO, "school")
        self.fact("Recorded", f"{zone.both(entry.start)}, {words.length(entry)}")
        self.fact("Camera", entry.device)
        self.fact("Incident", ", ".join(entry.incidents))
        self.fact("Event", entry.event_type)
        self.fact("Where", where(entry))
        self.fact("Recording", entry.recording_id)
        cases = [listing.cases[c] for c in listing.cases_of.get(entry.recording_id, ())]
        self.head("Who may open it" if cases else "Nobody may open it yet")
        for case in cases:
            names = ", ".join(words.name_of(m.user, picture.people) for m in case.members) or "nobody"
            self.fact(case.case_id, f"{names}{_until(case, zone)}")


def where(entry: Entry) -> str:
    """Around where, in degrees; why not, where it is not known."""
    if not entry.opened:
        return "Sealed. The custody key opens it."
    if entry.box is None:
        return "Not known: no place was taken from a track."
    south, west, north, east = (x / UNIT for x in (entry.box.south, entry.box.west, entry.box.north, entry.box.east))
    return f"Within {south:.4f} to {north:.4f} north, {west:.4f} to {east:.4f} east"


def _until(case: CaseEntry, zone: Zone) -> str:
    return f", until {words.last_day(case.expires, zone)}" if case.expires is not None else ""


class CaseSheet(Sheet):
    """One case. `take_off`, `hand_over`, `recordings` ask for that."""

    take_off = Signal()
    hand_over = Signal()
    recordings = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, zone)
        self._recordings = self.button("Show its recordings", "recordings.of_case", "movie")
        self._take_off = self.button("Take somebody off …", "recordings.take_off", "user-minus")
        self._hand_over = self.button("Hand over …", "recordings.hand_over", "user")
        self._recordings.clicked.connect(self.recordings)
        self._take_off.clicked.connect(self.take_off)
        self._hand_over.clicked.connect(self.hand_over)

    def show_case(self, case: CaseEntry | None, picture: Picture) -> None:
        """One case with its people, or that none is picked."""
        for button in (self._recordings, self._take_off, self._hand_over):
            button.setVisible(case is not None)
        if case is None:
            self.begin("No case picked")
            self.say("Pick recordings and assign them: a case begins with that.", "text2")
            return
        zone, people = self.zone(), picture.people
        self.begin(case.case_id)
        self.say(case.title if case.opened else "Title and reason are sealed.", "text" if case.opened else "text2")
        self.fact("For", words.PURPOSES[case.purpose])
        self.fact("Reason", case.reason if case.opened else "")
        self.fact("Recordings", f"{len(case.recordings):,}")
        self.fact("Until", words.last_day(case.expires, zone))
        by = f"{words.name_of(case.issued_by, people)}, {zone.both(case.issued_at)}, document {case.n}"
        self.fact("Signed by", by)
        self.head("On the case")
        for member in case.members:
            role = words.ROLES[Role(member.role)].lower()
            self.fact(f"since {zone.date(member.since)}, {role}", words.name_of(member.user, people))
        if not case.members:
            self.say("Nobody.", "text2")
        if case.former:
            self.head("Were on it")
        for gone in case.former:
            self.fact(f"{zone.date(gone.since)} to {zone.date(gone.until)}", words.name_of(gone.user, people))
        alone = len(case.members) == 0
        self._take_off.set_enabled(not alone, "Nobody is on the case.")
        self._hand_over.set_enabled(not alone, "Nobody is on the case.")


class WaitingSheet(Sheet):
    """What waits for a second signature. `sign` asks to be the second person."""

    sign = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__(keys, zone)
        self._sign = self.button("Sign as the second person", "recordings.sign", "signature", Look.PRIMARY)
        self._why = label("", Type.DETAIL, "text2", wrap=True)
        self.buttons.addWidget(self._why)
        self._sign.clicked.connect(self.sign)

    def show_waiting(self, waiting: Waiting | None, picture: Picture) -> None:
        """What would be signed, and why this person cannot, if so."""
        self._sign.setVisible(waiting is not None)
        self._why.setText("")
        if waiting is None:
            self.begin("Nothing waits")
            self.say("What is restricted comes here when somebody assigns it.", "text2")
            return
        zone, people, order = self.zone(), picture.people, waiting.order
        self.begin(waiting.pending.case_id)
        by = words.name_of(waiting.pending.issued_by, people)
        self.fact("Signed first by", f"{by}, {zone.both(waiting.pending.issued_at)}")
        if order is not None:
            listing = picture.overview.listing
            restricted = {e.recording_id for e in listing.entries if e.restricted}
            self.fact("Title", order.title)
            self.fact("For", words.PURPOSES[order.purpose])
            self.fact("Reason", order.reason)
            self.fact("Until", words.last_day(order.expires, zone))
            shut = sum(r.recording_id in restricted for r in order.recordings)
            self.fact("Recordings", f"{len(order.recordings):,}, {shut:,} of them restricted")
            self.head("Would be on the case")
            for member in order.members:
                self.fact(words.ROLES[member.role], words.name_of(member.user, people))
        why = cannot_sign(waiting, picture)
        self._sign.set_enabled(not why, why)
        self._why.setText(why)

    def refuse(self, said: str) -> None:
        self.error.say(said)


def cannot_sign(waiting: Waiting, picture: Picture) -> str:
    """Why this person cannot be the second; "" if they can."""
    if waiting.pending.issued_by == picture.me:
        return "You signed it first. Another supervisor or custodian signs second."
    if waiting.order is None:
        return "It does not wait for you. Ask who signed it first."
    return ""
