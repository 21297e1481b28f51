"""XML of strangers, straight on expat: a document type declaration is refused before any entity in it is defined."""

from __future__ import annotations

from typing import NoReturn, Protocol
from xml.parsers import expat

from reviewer.tracks.readings import unreadable


class Handler(Protocol):
    """What a reader does with elements; names come as they are written, prefix included."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


def parse(name: str, data: bytes, handler: Handler) -> None:
    """Give every element and its text to the handler. Raises UnreadableTrack for a DTD and for broken XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: doctype(name)
    parser.StartElementHandler = handler.start
    parser.EndElementHandler = handler.end
    parser.CharacterDataHandler = handler.text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as broken:
        line = getattr(broken, "lineno", None)
        raise unreadable(name, f"is not well-formed XML{f' (line {line})' if line else ''}") from broken


def doctype(name: str) -> NoReturn:
    """What a reader of XML makes of a document type declaration. Raises UnreadableTrack."""
    raise unreadable(
        name,
        "declares XML entities, which can be a trap, and no GPS receiver writes them",
        "Ask who made the file, or go on without it.",
    )
