"""What a dock keeps over a restart: which folders it watches by which rules, and what it has dealt with.

`dock.json` in the workspace, written whole or not at all. What was dealt with is remembered by the delivery's mark (all
names, sizes and times) with the SHA-256 of what was taken in from it, so that a restart reads no card again that stayed
where it was. A delivery that goes is forgotten: should it come back, it is read through, and what the store has is
recognised by its hash.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument
from reviewer.domain.timebase import Utc
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.trust import Problem


@dataclass(frozen=True, slots=True)
class Rules:
    """What a dock may fill in where no file says it: the officer whose badge or name a folder bears, if the roster
    knows them (`services/intake_officer`), and the kind of event. Incident numbers are left open."""

    officer_from_folder: bool = True
    event_type: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A watched folder (absolute). `on` False: it stays in the list and is not looked at."""

    folder: str
    rules: Rules = Rules()
    on: bool = True


@dataclass(frozen=True, slots=True)
class Dealt:
    """A delivery that was dealt with: `recordings` taken in from it, `known` ones that the store had, what was
    `refused`; `hashes` are the SHA-256 of the footage that was taken in."""

    folder: str
    name: str
    mark: str
    at: Utc
    recordings: tuple[str, ...] = ()
    known: int = 0
    refused: tuple[Problem, ...] = ()
    hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DockFile:
    """`dock.json`."""

    watches: tuple[Watch, ...] = ()
    dealt: tuple[Dealt, ...] = ()
    v: int = 1


class Memory:
    """The file and what it says now. Not safe to use from several threads at once: the dock holds its lock."""

    def __init__(self, path: Path) -> None:
        """Raises MalformedDocument if the file is damaged: it says which folders to watch, so it is not guessed."""
        self._path = path
        self._now = self._read()

    def _read(self) -> DockFile:
        try:
            return decode(DockFile, json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return DockFile()
        except OSError as wrong:
            raise disk_error(self._path, wrong) from wrong
        except (ValueError, MalformedDocument) as wrong:
            raise MalformedDocument(
                f"{self._path} is damaged: nobody knows which folders the dock watches.",
                "Move the file away and add the folders again; the store recognises what it has.",
            ) from wrong

    @property
    def watches(self) -> tuple[Watch, ...]:
        return self._now.watches

    def set_watches(self, watches: tuple[Watch, ...]) -> None:
        """Other folders or rules."""
        self._write(replace(self._now, watches=watches))

    def dealt(self, folder: str, name: str) -> Dealt | None:
        """What became of this delivery, if it was dealt with."""
        return next((d for d in self._now.dealt if (d.folder, d.name) == (folder, name)), None)

    def remember(self, dealt: Dealt) -> None:
        """Raises ReviewerError if it cannot be written; then a restart reads that delivery again."""
        others = (d for d in self._now.dealt if (d.folder, d.name) != (dealt.folder, dealt.name))
        self._write(replace(self._now, dealt=(*others, dealt)))

    def forget(self, folder: str, names: Collection[str] | None = None) -> None:
        """These deliveries of a folder (None: all) have gone, or are to be read again."""
        kept = tuple(d for d in self._now.dealt if d.folder != folder or (names is not None and d.name not in names))
        if kept != self._now.dealt:
            self._write(replace(self._now, dealt=kept))

    def _write(self, now: DockFile) -> None:
        write_atomically(self._path, (json.dumps(encode(now), indent=1, ensure_ascii=False) + "\n").encode())
        self._now = now
