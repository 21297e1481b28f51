"""What the program and the process of the second player say to each other.

The program sends values as they are (a source holds its key; the pipe leads nowhere else). The process has libVLC in
it, which reads the files of strangers: what comes from there is JSON of these few shapes and nothing else, so that a
process that was taken over can lie about its picture and do nothing more here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from multiprocessing.connection import Connection

from reviewer.domain import codec
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Micros
from reviewer.media.camera import Source

_LONGEST = 1 << 16

# -- to the process --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Film:
    """One file, and how the strip under the picture names it."""

    source: Source
    title: str


@dataclass(frozen=True, slots=True)
class Show:
    """Open the window on a display (its QScreen's name), and ask to play from this place. Nothing is shown yet.
    `presented`: people look at it, and what a person who works with it has to know stands elsewhere."""

    films: tuple[Film, ...]
    film: int
    at: Micros
    audible: bool
    display: str
    full: bool
    presented: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Somebody in the program wants to see this place: a wish comes of it as of a key in the window."""

    film: int
    at: Micros
    playing: bool


@dataclass(frozen=True, slots=True)
class Permit:
    """What the wish of this number asked for may be shown, up to `until` of that film's own time. Again with a later
    `until` as the log gets further."""

    serial: int
    until: Micros


@dataclass(frozen=True, slots=True)
class Cover:
    """Hide the picture and say why; with "" a person may go on."""

    why: str


@dataclass(frozen=True, slots=True)
class End:
    """Close the window and go."""


# -- from the process ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ready:
    """libVLC is there."""

    player: str


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not, or a film cannot be played. The process ends by itself."""

    message: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to see: nothing of it is shown before its permit. `rate_milli` 0 is standing still."""

    serial: int
    film: int
    at: Micros
    rate_milli: int
    audible: bool
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is shown now, ten times a second: also the sign of life. 0 × 0 while the picture is covered. `length` is 0
    until libVLC knows it; `touched`: somebody used a key or the mouse since the one before."""

    serial: int
    film: int
    at: Micros
    rate_milli: int
    audible: bool
    width: int
    height: int
    length: Micros
    touched: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Somebody closed it. It shows nothing any more."""


_Answer = Ready | Refused | Wish | Standing | Ended
_ANSWERS: dict[str, type[_Answer]] = {kind.__name__: kind for kind in (Ready, Refused, Wish, Standing, Ended)}


def say(connection: Connection, answer: _Answer) -> None:
    """For the process. Raises OSError once the program is gone."""
    connection.send_bytes(json.dumps([type(answer).__name__, codec.encode(answer)]).encode())


def hear(connection: Connection) -> _Answer | None:
    """For the program: the next thing that was said, or None. Raises EOFError or OSError once the process is gone,
    MalformedDocument if it said what it cannot have meant."""
    if not connection.poll():
        return None
    data = connection.recv_bytes(_LONGEST)
    try:
        kind, value = json.loads(data)
        return codec.decode(_ANSWERS[kind], value)
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise MalformedDocument("The second player said what it cannot mean.", "Open it again.") from wrong
