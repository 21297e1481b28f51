"""What the fields of a case's things are called in its history, and how the value of each is read.

A new field gets a line here; one that has none is shown under its own name, which `tests/services/test_history` finds
for every field that this program writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from reviewer.domain import case_acts as acts
from reviewer.domain.redaction import MaskShape, MaskStyle, Proposed, SoundWay, Target
from reviewer.domain.reel import ClipKind, NamesShown
from reviewer.domain.render import Layout
from reviewer.domain.request import Answer, RequestKind


class Read(Enum):
    """How a value is read."""

    TEXT = auto()  # somebody's words, a name, a number
    TIME = auto()  # RFC 3339
    THING = auto()  # the id of a person, an allegation, a mark …
    USER = auto()
    RECORDING = auto()
    RECORDINGS = auto()  # a JSON list
    REASONS = auto()  # a JSON list of the agency's reasons for refusing
    POLICY = auto()
    STANDARD = auto()
    DISPOSITION = auto()
    REASON = auto()  # why something is hidden
    SECONDS = auto()  # from µs
    FLAG = auto()  # said, or not: its name says it all
    COUNT = auto()  # of a JSON list: how many
    ORDER = auto()  # a number that puts it in its place: only that it moved is said
    SILENT = auto()  # says nothing to a reader


@dataclass(frozen=True, slots=True)
class Said:
    """`name` is what the field is called; `words` what its values are called, where they are words of a list. Of a FLAG
    `name` says that it is so, `off` that it is so no more."""

    name: str
    read: Read = Read.TEXT
    words: Mapping[str, str] = field(default_factory=dict)
    off: str = ""


_SILENT = Said("", Read.SILENT)
_ENDS = {"start": Said("from", Read.TIME), "end": Said("to", Read.TIME)}
_ORDER = Said("moved to another place in the order", Read.ORDER)
_HIDES = {
    "recording": Said("camera", Read.RECORDING),
    "reason": Said("reason", Read.REASON),
    "words": Said("in words"),
    **_ENDS,
    "of": Said("for", Read.THING, {"training": "training"}),
    "number": _SILENT,
}
_COMPLAINT = {
    "number": Said("number"),
    "received": Said("received", Read.TIME),
    "way": Said("came by"),
    "incident": Said("incident"),
    "place": Said("place"),
    **_ENDS,
    "summary": Said("summary"),
    "updated": Said("complainant told", Read.TIME),
    "paused": Said("clocks paused because"),
    "requested": Said("request for information came", Read.TIME),
    "answered": Said("request answered", Read.TIME),
    "opened": _SILENT,
}
_PERSON = {
    "name": Said("name"),
    "role": Said("role"),
    "badge": Said("badge"),
    "contact": Said("contact"),
    "note": Said("note"),
    "user": Said("on the roster as", Read.USER),
}
_ALLEGATION = {
    "title": Said("title"),
    "policy": Said("policy", Read.POLICY),
    "officer": Said("officer", Read.THING),
    **_ENDS,
    "place": Said("place"),
    "text": Said("what is alleged"),
    "number": _SILENT,
}
_DOCUMENT = {
    "name": Said("name"),
    "what": Said("kind of paper"),
    "note": Said("note"),
    "pages": Said("pages"),
    "kind": Said("form", words={"pdf": "PDF", "image": "picture", "text": "text", "file": "not shown here"}),
    **dict.fromkeys(("object", "sha256", "key", "size"), _SILENT),
}
_STANCES = {"for": "speaks for it", "against": "speaks against it", "undecided": "cannot be decided"}
_EXHIBIT = {
    "stance": Said("stance", words={**_STANCES, "silent": "silent"}),
    "allegation": Said("allegation", Read.THING),
    "mark": Said("mark", Read.THING),
    "document": Said("document", Read.THING),
    "where": Said("at"),
    "recording": Said("camera", Read.RECORDING),
    **_ENDS,
    "text": Said("note"),
    "number": _SILENT,
}
_TRANSCRIPT = {
    "name": Said("name"),
    "recording": Said("camera", Read.RECORDING),
    "source": Said("from the file"),
    "format": Said("format"),
    "language": Said("language"),
    "note": Said("left out"),
}
_NARRATIVE = {"title": Said("title"), "text": Said("text"), "place": _ORDER}
_FINDING = {
    "standard": Said("standard of proof", Read.STANDARD),
    "disposition": Said("disposition", Read.DISPOSITION),
    "reasons": Said("reasons"),
    "nothing_found": Said("nothing was found", Read.FLAG, off="“nothing was found” taken back"),
    "unwatched_reason": Said("why it closes with footage unwatched"),
}
_REQUESTS = {
    RequestKind.ACCESS.value: "freedom of information",
    RequestKind.PROSECUTION.value: "prosecution",
    RequestKind.COURT.value: "court",
    RequestKind.OTHER.value: "other",
}
_ANSWERS = {
    Answer.GIVEN.value: "given",
    Answer.PARTLY.value: "given in part",
    Answer.REFUSED.value: "refused",
    Answer.WITHDRAWN.value: "withdrawn by the requester",
}
_REQUEST = {
    "kind": Said("kind", words=_REQUESTS),
    "number": Said("number"),
    "requester": Said("requester"),
    "asked": Said("asked for"),
    "answer": Said("answer", words=_ANSWERS),
    "refusals": Said("refused because of", Read.REASONS),
    "answered": Said("answered", Read.TIME),
    "received": Said("received", Read.TIME),
    "recordings": Said("cameras", Read.RECORDINGS),
    **_ENDS,
    "second": Said("second person", Read.USER),
    "contact": Said("contact"),
    "fee": Said("fee note"),
    "letter": Said("letter"),
    "extended": Said("extended to", Read.TIME),
    "burned_in": Said("burned-in names and numbers are covered", Read.FLAG, off="not looked at for burned-in names"),
    "looked": Said("looked at as the second person", Read.FLAG, off="the second person’s look taken back"),
}
_TARGETS = {
    Target.FACE.value: "face",
    Target.PERSON.value: "person",
    Target.PLATE.value: "number plate",
    Target.SCREEN.value: "screen",
    Target.PAPER.value: "paper",
    Target.OTHER.value: "something else",
}
_DECIDED = {Proposed.OPEN.value: "to be decided", Proposed.TAKEN.value: "taken", Proposed.REFUSED.value: "refused"}
_MASK = {
    "target": Said("hides", words=_TARGETS),
    "proposed": Said("proposal", words=_DECIDED),
    "style": Said("how", words={style.value: style.value for style in MaskStyle}),
    "shape": Said("shape", words={shape.value: shape.value for shape in MaskShape}),
    **_HIDES,
    "looked": Said("unsure frames that were looked at", Read.COUNT),
}
_WAYS = {SoundWay.MUTE.value: "muted", SoundWay.TONE.value: "a tone", SoundWay.VOICE.value: "voices changed"}
_NAMES = {NamesShown.LETTERS.value: "by letters", NamesShown.NONE.value: "not named"}
_LAYOUTS = {Layout.ONE.value: "one camera", Layout.SIDE.value: "two, side by side", Layout.QUAD.value: "two by two"}
_BURNED = Said("burned-in names are covered", Read.FLAG, off="not looked at for burned-in names")
_REEL = {
    "title": Said("title"),
    "module": Said("module"),
    "names": Said("officers", words=_NAMES),
    "voices": Said("voices", words={"changed": "changed", "recorded": "as recorded"}),
    "plain": Said("nothing is hidden because"),
    "burned": _BURNED,
}
_CLIP = {
    "title": Said("title"),
    "recordings": Said("cameras", Read.RECORDINGS),
    **_ENDS,
    "kind": Said("kind", words={ClipKind.FOOTAGE.value: "footage", ClipKind.CARD.value: "title card"}),
    "caption": Said("caption"),
    "question": Said("question"),
    "branches": Said("answers", Read.COUNT),
    "limits": Said("limits"),
    "notes": Said("presenter’s notes"),
    "heard": Said("sound of", Read.RECORDING),
    "layout": Said("layout", words=_LAYOUTS),
    "hold": Said("stands for", Read.SECONDS),
    "plain": Said("nothing is hidden because"),
    "searched": Said("faces were looked for", Read.FLAG),
    "order": _ORDER,
    "reel": Said("reel", Read.THING),
}
FIELDS: Mapping[type[acts.ThingSet], Mapping[str, Said]] = {
    acts.ComplaintSet: _COMPLAINT,
    acts.PersonSet: _PERSON,
    acts.AllegationSet: _ALLEGATION,
    acts.DocumentSet: _DOCUMENT,
    acts.ExhibitSet: _EXHIBIT,
    acts.TranscriptSet: _TRANSCRIPT,
    acts.NarrativeSet: _NARRATIVE,
    acts.FindingSet: _FINDING,
    acts.RequestSet: _REQUEST,
    acts.MaskSet: _MASK,
    acts.SoundEditSet: {"way": Said("how", words=_WAYS), **_HIDES},
    acts.WithheldSet: _HIDES,
    acts.ReelSet: _REEL,
    acts.ClipSet: _CLIP,
}
"""By kind of thing and field; what comes first here is said first. Drawings, paths of masks and lines of transcripts
have a field a shape, a stretch, a line, and are counted."""


def said(kind: type[acts.ThingSet], name: str) -> Said:
    """What a field is called; one that a newer program wrote, by its own name."""
    return FIELDS.get(kind, {}).get(name) or Said(name.replace("_", " "))
