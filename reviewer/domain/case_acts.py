"""What people on a case write into it: every change an entry of the work log, folded by all colleagues.

One shape for all: of the thing `id`, these fields changed. A change names the value it replaces (`base`), so an
overwrite can be shown, and its inverse is the same act with the two exchanged. A new kind of thing is a class here, a
line in `THINGS`, and words in `services/logwords_case`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from reviewer.domain.event import Event, LogName
from reviewer.domain.roles import DISCLOSERS, REEL_MAKERS, WRITERS, Role


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from `base` (what its author saw, "" for nothing) to `value`. Times are RFC 3339, UTC."""

    field: str
    value: str
    base: str = ""


@dataclass(frozen=True, slots=True)
class ThingSet(Event):
    """Of the thing `id`, these fields changed. Every kind of thing is a class of its own below."""

    LOG: ClassVar[LogName] = LogName.WORK
    SUBJECT: ClassVar[str] = ""
    case: str
    id: str
    changes: tuple[Change, ...]

    def inverse(self) -> Self:
        """What undoes it."""
        return type(self)(self.case, self.id, tuple(Change(c.field, c.base, c.value) for c in self.changes))


@dataclass(frozen=True, slots=True)
class ComplaintSet(ThingSet):
    """The complaint itself; `id` is ""."""

    KIND: ClassVar[str] = "complaint_set"
    SUBJECT: ClassVar[str] = "complaint"


@dataclass(frozen=True, slots=True)
class PersonSet(ThingSet):
    """Somebody the case is about: complainant, witness, subject or witness officer."""

    KIND: ClassVar[str] = "person_set"
    SUBJECT: ClassVar[str] = "person"


@dataclass(frozen=True, slots=True)
class AllegationSet(ThingSet):
    KIND: ClassVar[str] = "allegation_set"
    SUBJECT: ClassVar[str] = "allegation"


@dataclass(frozen=True, slots=True)
class DocumentSet(ThingSet):
    """A document attached to the case. Its bytes are a sealed object of the store."""

    KIND: ClassVar[str] = "document_set"
    SUBJECT: ClassVar[str] = "document"


@dataclass(frozen=True, slots=True)
class ExhibitSet(ThingSet):
    """What speaks for or against an allegation: a mark on footage, or a place in a document."""

    KIND: ClassVar[str] = "exhibit_set"
    SUBJECT: ClassVar[str] = "exhibit"


@dataclass(frozen=True, slots=True)
class DrawingSet(ThingSet):
    """What was drawn on a frame, beside a bookmark: `id` is the bookmark's. The footage stays as it is."""

    KIND: ClassVar[str] = "drawing_set"
    SUBJECT: ClassVar[str] = "drawing"


@dataclass(frozen=True, slots=True)
class TranscriptSet(ThingSet):
    """A transcript of one recording: what it is called and where it came from."""

    KIND: ClassVar[str] = "transcript_set"
    SUBJECT: ClassVar[str] = "transcript"


@dataclass(frozen=True, slots=True)
class LinesSet(ThingSet):
    """Lines of a transcript: `id` is the transcript's, each field one line (its key), "" for a line that went."""

    KIND: ClassVar[str] = "transcript_lines_set"
    SUBJECT: ClassVar[str] = "lines"


@dataclass(frozen=True, slots=True)
class NarrativeSet(ThingSet):
    """A section of what is written of the case."""

    KIND: ClassVar[str] = "narrative_set"
    SUBJECT: ClassVar[str] = "narrative"


@dataclass(frozen=True, slots=True)
class FindingSet(ThingSet):
    """A finding that is being written, one per allegation: `id` is the allegation's. It counts once it is signed."""

    KIND: ClassVar[str] = "finding_set"
    SUBJECT: ClassVar[str] = "finding"


@dataclass(frozen=True, slots=True)
class RequestSet(ThingSet):
    """Somebody asked for copies (`domain.request`)."""

    KIND: ClassVar[str] = "request_set"
    SUBJECT: ClassVar[str] = "request"


@dataclass(frozen=True, slots=True)
class MaskSet(ThingSet):
    """A region that is hidden in copies (`domain.redaction.Mask`)."""

    KIND: ClassVar[str] = "mask_set"
    SUBJECT: ClassVar[str] = "mask"


@dataclass(frozen=True, slots=True)
class MaskPathSet(ThingSet):
    """Where a mask lies: `id` is the mask's, each field the keyframes of one stretch (`redaction.path_fields`)."""

    KIND: ClassVar[str] = "mask_path_set"
    SUBJECT: ClassVar[str] = "mask_path"


@dataclass(frozen=True, slots=True)
class SoundEditSet(ThingSet):
    """A stretch of sound that is not to be heard in copies."""

    KIND: ClassVar[str] = "sound_edit_set"
    SUBJECT: ClassVar[str] = "sound_edit"


@dataclass(frozen=True, slots=True)
class WithheldSet(ThingSet):
    """A stretch that is left out of copies."""

    KIND: ClassVar[str] = "withheld_set"
    SUBJECT: ClassVar[str] = "withheld"


@dataclass(frozen=True, slots=True)
class ReelSet(ThingSet):
    """A training reel (`domain.reel.Reel`)."""

    KIND: ClassVar[str] = "reel_set"
    SUBJECT: ClassVar[str] = "reel"


@dataclass(frozen=True, slots=True)
class ClipSet(ThingSet):
    """A clip or a card of a reel (`domain.reel.Clip`)."""

    KIND: ClassVar[str] = "clip_set"
    SUBJECT: ClassVar[str] = "clip"


@dataclass(frozen=True, slots=True)
class CaseMoved(Event):
    """The case went from one state to another (`domain.case.CaseState`). `id` is its own name and begins with its
    author's id and ":". `base` is the state that its author saw, `after` the move that had led there ("": none had).
    `table` is the version of the agency's table by which its author might. What counts: `domain/case_state`."""

    KIND: ClassVar[str] = "case_moved"
    LOG: ClassVar[LogName] = LogName.WORK
    case: str
    id: str
    to: str
    base: str
    reason: str = ""
    after: str = ""
    table: int = 0


THINGS: tuple[type[ThingSet], ...] = (
    ComplaintSet,
    PersonSet,
    AllegationSet,
    DocumentSet,
    ExhibitSet,
    DrawingSet,
    TranscriptSet,
    LinesSet,
    NarrativeSet,
    FindingSet,
    RequestSet,
    MaskSet,
    MaskPathSet,
    SoundEditSet,
    WithheldSet,
    ReelSet,
    ClipSet,
)
"""Every kind of thing: whoever shows a case listens to all of them (`ThingSet`)."""


def makers(kind: type[Event]) -> frozenset[Role]:
    """Who on a case writes such entries; what others wrote of it is not believed."""
    if issubclass(kind, RequestSet):
        return DISCLOSERS
    if issubclass(kind, ReelSet | ClipSet):
        return REEL_MAKERS
    if issubclass(kind, MaskSet | MaskPathSet | SoundEditSet | WithheldSet):
        return DISCLOSERS | REEL_MAKERS
    return WRITERS
