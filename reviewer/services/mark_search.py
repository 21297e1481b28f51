"""Finding marks as somebody types: every word has to be in what is known of a mark, in any order, however it is
spelled as to case and accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache


@lru_cache(8192)
def plain(text: str) -> str:
    """Without what a person who types may leave out: case, accents, the kind of quotation mark and dash."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_LIKE.get(each, each) for each in apart if not unicodedata.combining(each))


_LIKE = {"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-"}


class MarkSearch:
    """What is known of each mark, by its id."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __contains__(self, id_: object) -> bool:
        return id_ in self._known

    def put(self, id_: str, said: Iterable[str] | None) -> None:
        """What can be found of a mark from now on: its text, kind, author, cameras, allegations, times. None: it is
        gone."""
        if said is None:
            self._known.pop(id_, None)
        else:
            self._known[id_] = "\n".join(plain(each) for each in said)

    def clear(self) -> None:
        self._known.clear()

    def find(self, typed: str) -> frozenset[str] | None:
        """The ids of the marks that have every word of it; None if nothing was typed: then it is all of them. Words in
        quotation marks stand together."""
        words = _words(plain(typed))
        if not words:
            return None
        return frozenset(id_ for id_, text in self._known.items() if all(word in text for word in words))


def _words(typed: str) -> tuple[str, ...]:
    words: list[str] = []
    for index, piece in enumerate(typed.split('"')):
        words += [piece.strip()] if index % 2 else piece.split()
    return tuple(word for word in words if word)
