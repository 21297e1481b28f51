"""Whose camera it was, as far as the roster helps: a badge that a file states gets its name, and a folder that bears
the badge or name of one person of the roster is taken for theirs. The first is found, the second guessed."""

from __future__ import annotations

import re
from dataclasses import replace

from reviewer.domain.roster import Roster, User
from reviewer.intake.base import Note, NoteKind
from reviewer.services.intake_plan import PlannedRecording

_DAY = re.compile(r"(?:19|20)\d\d[-_.]?\d\d[-_.]?\d\d")
_SHORTEST = 3  # a badge or a name of fewer characters is in too many folders' names


def with_officer(planned: PlannedRecording, folders: tuple[str, ...], roster: Roster) -> PlannedRecording:
    """The recording with its officer as the roster knows them. `folders` are the names above its files, the nearest
    first. What a file states is never replaced."""
    details = planned.details
    if details.badge and not details.officer:
        known = next((u for u in roster.users if details.badge in (u.badge, u.id)), None)
        if known is not None:
            text = f"The roster names badge {known.badge} as {known.name}."
            return _as(planned, known, Note(NoteKind.FOUND, "officer", text))
    if details.badge or details.officer:
        return planned
    for folder in folders:
        called = [user for user in roster.users if _names(folder, user)]
        if len(called) == 1:
            text = f"The folder “{folder}” is taken to be {called[0].name}’s, by the roster."
            return _as(planned, called[0], Note(NoteKind.GUESSED, "officer", text))
    return planned


def _names(folder: str, user: User) -> bool:
    """Whether a folder's name has the badge, the id or the last name of somebody as a word of its own."""
    words = set(re.findall(r"\w+", _DAY.sub(" ", folder).casefold().replace("_", " ")))
    last = user.name.split()[-1].casefold() if user.name.split() else ""
    return any(len(each) >= _SHORTEST and each in words for each in (user.badge.casefold(), user.id.casefold(), last))


def _as(planned: PlannedRecording, user: User, note: Note) -> PlannedRecording:
    details = replace(planned.details, officer=user.name, badge=user.badge)
    others = tuple(n for n in planned.notes if n.about != "officer" or n.kind is not NoteKind.MISSING)
    return replace(planned, details=details, proposed=details, notes=(*others, note))
