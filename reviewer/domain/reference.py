"""References in what people write of a case: they name a thing, never its words, so they follow it.

In the stored text a reference is a token, `{exhibit:9f…}`; on screen and on paper it reads as the thing is called and
timed then: "E3", "22:42:14.9". A corrected clock moves it, a changed text changes it, a withdrawn thing is said.
What is no whole token (somebody's own braces) is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.timebase import Micros, TimeRange, Utc, format_rfc3339, parse_rfc3339


class Referred(StrEnum):
    """What a reference can name. `FOOTAGE` is a place in a recording and moves with its clock; `TIME` an instant of UTC
    that belongs to no camera; `LINE` a line of a transcript."""

    MARK = "mark"
    EXHIBIT = "exhibit"
    DOCUMENT = "document"
    ALLEGATION = "allegation"
    LINE = "line"
    FOOTAGE = "footage"
    TIME = "time"


WORDS = {
    Referred.MARK: "mark",
    Referred.EXHIBIT: "exhibit",
    Referred.DOCUMENT: "document",
    Referred.ALLEGATION: "allegation",
    Referred.LINE: "line of a transcript",
    Referred.FOOTAGE: "recording",
    Referred.TIME: "time",
}
_TOKEN = re.compile(r"\{([a-z]{4,10}):([^\s{}]{1,200})(?: ([^{}\n]{1,100}))?\}")
_KINDS = frozenset(Referred)


@dataclass(frozen=True, slots=True)
class Reference:
    """`id` names the thing (of a time: RFC 3339; of a line: "transcript/key"), `where` a place in it: the page of a
    document ("2"), or part and stream time (µs) of a recording ("0 734000000")."""

    kind: Referred
    id: str
    where: str = ""

    @property
    def token(self) -> str:
        """As it stands in the text. Raises ValueError for an id or a place that no token can hold."""
        token = f"{{{self.kind.value}:{self.id}{f' {self.where}' if self.where else ''}}}"
        found = _TOKEN.fullmatch(token)
        if found is None or found.groups() != (self.kind.value, self.id, self.where or None):
            raise ValueError(f"no reference can name {self.id!r} {self.where!r}")
        return token

    @staticmethod
    def time(at: Utc) -> Reference:
        return Reference(Referred.TIME, format_rfc3339(at))

    @staticmethod
    def footage(recording: str, part: int, stream: Micros) -> Reference:
        return Reference(Referred.FOOTAGE, recording, f"{part} {stream}")

    @staticmethod
    def line(transcript: str, key: str) -> Reference:
        return Reference(Referred.LINE, f"{transcript}/{key}")

    @property
    def at(self) -> Utc | None:
        """The instant of a `TIME`; None for everything else, and for what is no time."""
        try:
            return parse_rfc3339(self.id) if self.kind is Referred.TIME else None
        except (ValueError, OverflowError):
            return None

    @property
    def place(self) -> tuple[int, Micros] | None:
        """Part and stream time (µs) of a `FOOTAGE`; None for everything else, and for what is no place."""
        numbers = self.where.split(" ")
        whole = len(numbers) == 2 and all(n.isascii() and n.isdigit() and len(n) <= 16 for n in numbers)
        return (int(numbers[0]), Micros(int(numbers[1]))) if whole and self.kind is Referred.FOOTAGE else None

    @property
    def of_line(self) -> tuple[str, str] | None:
        """Transcript and key of a `LINE`."""
        transcript, slash, key = self.id.partition("/")
        return (transcript, key) if slash and self.kind is Referred.LINE else None


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to as things stand now. `words` is what is read ("E3"); `about` says more (a tooltip, a
    note on paper). `at` is wall time, with the `recordings` (their ids) that it is on; `document` and `where` a place
    on paper. `stands` is False once it was withdrawn."""

    words: str
    about: str = ""
    stands: bool = True
    at: TimeRange | None = None
    recordings: tuple[str, ...] = ()
    document: str = ""
    where: str = ""

    @property
    def read(self) -> str:
        """What is read, with the withdrawal if there was one."""
        return self.words if self.stands else f"{self.words} (withdrawn)"


Resolve = Callable[[Reference], Target | None]
"""What a reference leads to now; None for what is not in this case, or not here yet."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, or a reference with what it leads to (None: not here)."""

    text: str
    reference: Reference | None = None
    target: Target | None = None


def parse(text: str) -> tuple[Piece, ...]:
    """A stored text in its pieces; joined, their `text` is the text again. References have no target yet."""
    pieces: list[Piece] = []
    done = 0
    for found in _TOKEN.finditer(text):
        kind, id_, where = found.groups()
        if kind not in _KINDS:
            continue
        if found.start() > done:
            pieces.append(Piece(text[done : found.start()]))
        pieces.append(Piece(found.group(), Reference(Referred(kind), id_, where or "")))
        done = found.end()
    if done < len(text):
        pieces.append(Piece(text[done:]))
    return tuple(pieces)


def references(text: str) -> tuple[Reference, ...]:
    """What a text cites, each once, in the order in which it comes."""
    return tuple(dict.fromkeys(piece.reference for piece in parse(text) if piece.reference is not None))


def render(text: str, resolve: Resolve) -> tuple[Piece, ...]:
    """A stored text as it reads now: the `text` of a reference is its words."""
    return tuple(piece if piece.reference is None else _shown(piece.reference, resolve) for piece in parse(text))


def plain(text: str, resolve: Resolve) -> str:
    """The same as one text without links."""
    return "".join(piece.text for piece in render(text, resolve))


def _shown(reference: Reference, resolve: Resolve) -> Piece:
    target = resolve(reference)
    words = target.read if target is not None else f"[{WORDS[reference.kind]} not in this case]"
    return Piece(words, reference, target)
