"""What references in this case's texts lead to, as it stands now, and the way there: one for every text on screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from reviewer.domain.reference import Reference, Target
from reviewer.services.references import Footing, References
from reviewer.services.transcript import folded, matching

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

_MOST, _LINES = 60, 20  # offered at once
_LEAST = 3  # letters


class CaseReferences(QObject):
    """Of one open case, on the GUI thread. `changed`: names or times may be others; read again what is shown."""

    changed = Signal()

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room = room
        self._read: References | None = None
        self._footing: Footing | None = None
        self._cameras: object = None
        self._offered: tuple[tuple[str, Reference, Target], ...] = ()
        room.changed.connect(lambda _kinds: self._forget())
        room.wall.retimed.connect(self._forget)

    def _forget(self) -> None:
        self._read, self._offered = None, ()
        self.changed.emit()

    @property
    def footing(self) -> Footing:
        """By what times and names are read now."""
        wall, zone = self._room.wall, self._room.desk.zone()
        now = self._footing
        if now is None or self._cameras is not wall.cameras or now.clocks is not wall.clocks or now.zone != zone:
            manifests = {manifest.recording_id: manifest for manifest in wall.manifests()}
            now = self._footing = Footing(manifests, wall.clocks, zone)
            self._cameras = wall.cameras
        return now

    @property
    def now(self) -> References:
        """The case as it stands; read once for each change of it, and by the clocks that stand."""
        if self._read is None:
            self._read = References(self._room.file, self._room.queries, self.footing)
        return self._read

    def resolve(self, reference: Reference) -> Target | None:
        """`domain.reference.Resolve`, by what stands now."""
        return self.now(reference)

    def offers(self, words: str) -> Sequence[tuple[Reference, Target]]:
        """What may be named for what was typed after an @: the play-head's time first, then what has all the words."""
        if not self._offered:
            found = self.now.all()
            self._offered = tuple((folded(f"{t.words} {t.about}"), reference, t) for reference, t in found)
        wanted = folded(words).split()
        named = [(ref, target) for text, ref, target in self._offered if all(word in text for word in wanted)]
        return (*self._here(words), *named[:_MOST], *self._said(words))

    def _said(self, words: str) -> tuple[tuple[Reference, Target], ...]:
        """Lines of transcripts that have these words: not before three letters are typed, they are thousands."""
        if len(words.strip()) < _LEAST:
            return ()
        transcripts = self._room.transcripts
        open_ = (each for each in transcripts.all() if not transcripts.why_not(each))
        lines = (Reference.line(each.id, x.key) for each in open_ for x in matching(transcripts.lines(each.id), words))
        found = ((reference, self.now(reference)) for reference in islice(lines, _LINES))
        return tuple((reference, target) for reference, target in found if target is not None)

    def _here(self, words: str) -> tuple[tuple[Reference, Target], ...]:
        """The moment of the review's play-head, on the focused camera where it rolled then."""
        review = self._room.review
        if not review.wall.cameras:
            return ()
        at, focused = review.controls.place().start, review.wall.focused or ""
        place = self.footing.place(focused, at)
        reference = Reference.footage(focused, *place) if place is not None else Reference.time(at)
        target = self.now(reference)
        if target is None or not folded(f"now {target.words}").startswith(folded(words).strip()):
            return ()
        return ((reference, Target(target.words, f"Now: {target.about}", at=target.at)),)

    def go(self, _reference: Reference, target: Target) -> None:
        """Show what a reference leads to: the moment in the review, the document's page."""
        if target.at is not None:
            self._room.go(target.at.start, target.recordings[0] if target.recordings else None)
        elif target.document and self._room.screen.has_page("documents"):
            self._room.documents.show(target.document, target.where)
