"""The commands of marks and notes in the review: what a mark is, what it says of an allegation, what is drawn on its
frame. The keys of the kinds are the agency's (`agency.MarkKind.key`, with Alt); here stand those of its example table.
"""

from __future__ import annotations

from reviewer.domain.agency import DEFAULT
from reviewer.ui.command import Command

KINDS = 12
"""Kinds of the agency's table that have a command, in its order; the others are chosen in the editor."""
ALLEGATIONS = 9


def kind_key(letter: str) -> str:
    """The key that sets a kind, from the letter in the agency's table."""
    return f"Alt+{letter.upper()}" if len(letter) == 1 and letter.isascii() and letter.isalpha() else ""


def _kind(n: int) -> Command:
    kind = DEFAULT.kinds[n - 1] if n <= len(DEFAULT.kinds) else None
    named = f" ({kind.words})" if kind is not None else ""
    key = kind_key(kind.key) if kind is not None else ""
    return Command(f"kind.{n}", f"Mark of the agency’s kind {n}{named}, or the note’s kind", key, "Notes")


NOTES = (
    *(_kind(n) for n in range(1, KINDS + 1)),
    *(
        Command(f"note.alleged.{n}", f"The note is about allegation A{n}, or about none", f"Alt+{n}", "Notes")
        for n in range(1, ALLEGATIONS + 1)
    ),
    Command("note.for", "The note supports the allegation", "Alt+Up", "Notes"),
    Command("note.against", "The note speaks against the allegation", "Alt+Down", "Notes"),
    Command("note.undecided", "The note says that it cannot be decided", "Alt+/", "Notes"),
    Command("note.camera", "The note is on the focused camera too, or no more", "Alt+N", "Notes"),
    Command("note.everywhere", "The note is on all cameras, or on the focused one", "Alt+Shift+N", "Notes"),
    Command("note.time", "Put the time of the play-head into the note", "Alt+K", "Notes"),
    Command("marks.filter", "Which annotations the list shows", "Alt+Shift+F", "Notes"),
    Command("mark.change", "Change the picked annotation", "Alt+E", "Notes"),
    Command("mark.withdraw", "Withdraw the picked annotation", "Alt+Del", "Notes"),
    Command("mark.history", "History of the picked annotation, or the list again", "Alt+L", "Notes"),
    Command("drawing.begin", "Draw on the frame of the picked annotation, or end that", "Alt+G", "Notes"),
    Command("drawing.show", "Show what was drawn on the frame, or not", "Alt+Shift+G", "Notes"),
    Command("drawing.form", "The next form to draw: arrow, box, ellipse, line, text", "Alt+X", "Notes"),
    Command("drawing.erase", "Take the last shape back (a new entry)", "Alt+Backspace", "Notes"),
)
