"""Real playback, gate and journal on a database whose statements fail at random: nothing is painted that no entry
covers.

What is painted is held against what another connection finds in the log at that moment, so neither the journal's word
nor the gate's is taken for it. A commit may also be slow, or be reported as failed although it was made.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import wait
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.events import LogName, ViewOpened
from reviewer.domain.timebase import SECOND, TimeRange, Utc, merge
from reviewer.media.deck import Deck
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.journal import Journal
from reviewer.services.playback import Playback, WallPicture
from reviewer.services.viewing import Viewing as Viewing
from tests.media.footage import START, WAIT, Hands, camera, clip, part

CASE = "case"
CAMERAS = ("one", "two")
STEPS = 150
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_LENGTH = 12 * SECOND
_TICKS = 8
_SETTLES = 0.1  # seconds that a step may wait for the decoder


class Flaky(sqlite3.Connection):
    """The scribe's connection to a disk that fails with this probability at each statement that writes."""

    chance = random.Random(0)  # noqa: S311 - when to fail
    rate = 0.0
    failures = 0
    answers = threading.Event()  # a commit waits for it

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
        if threading.current_thread().name != "scribe" or sql.startswith(
            ("SELECT", "ROLLBACK", "SAVEPOINT", "RELEASE")
        ):
            return super().execute(sql, *given)
        fails = self.chance.random() < self.rate
        if sql == "COMMIT":
            self.answers.wait(WAIT)
            if fails and self.chance.random() < 0.3:  # made, and reported as failed
                super().execute(sql, *given)
        if fails:
            raise self._failed()
        return super().execute(sql, *given)

    def executemany(self, sql: str, rows: Any, /) -> sqlite3.Cursor:  # noqa: ANN401 - as sqlite3 has it
        if self.chance.random() < self.rate:
            raise self._failed()
        return super().executemany(sql, rows)

    def _failed(self) -> sqlite3.OperationalError:
        type(self).failures += 1
        return sqlite3.OperationalError("disk I/O error")


class Stage:
    """One playback of two cameras, a hand that does whatever comes to its mind, and what was painted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - what is done
        self.records = folder / "records.sqlite"
        self.hands = Hands()
        Flaky.rate, Flaky.failures, Flaky.chance = 0.0, 0, random.Random(seed)  # noqa: S311 - when to fail
        Flaky.answers.set()
        with mock.patch.object(sqlite3, "connect", partial(sqlite3.connect, factory=Flaky)):
            self.journal = Journal(self.records, {LogName.ACCESS: "pd/ws1/salo/access/1"}, _KEY)
        self.viewing = Viewing(self.journal, CASE, "complaint", clock=lambda: self.hands.ns / 1e9)
        self.deck = Deck(monotonic=self.hands)
        self.playback = Playback(self.deck, self.viewing)
        for key in CAMERAS:
            self.playback.set_tile_size(key, 96, 54)
        second = clip(b_frames=2, pts=tuple(range(0, 300)))
        self.playback.set_cameras(
            (
                camera(part(clip(tuple(range(300)))), key="one"),
                camera(part(second, Utc(START + SECOND // 2)), key="two"),
            )
        )
        self.queries = Queries(self.records)
        self.known: list[ViewOpened] = []
        self.painted: dict[tuple[str, TimeRange], None] = {}
        self.outside: list[tuple[str, TimeRange]] = []
        self.stops = 0
        self.covered = False

    def step(self) -> None:
        """Do something, let some time pass, paint what is handed out."""
        Flaky.rate = self.chance.choice((0.0, 0.0, 0.0, 0.05, 0.3, 1.0))
        self.chance.choice(self._acts())()
        for _ in range(self.chance.randint(1, _TICKS)):
            self.hands.move(self.chance.choice((0, 10_000, 40_000, 40_000, 40_000, 1_500_000)))
            self.deck._poke()
            wall = self.playback.tick()
            self._paint(wall)
            self.covered = wall.covered is not None
            self.playback.painted(wall)
            if self.chance.random() < 0.7:
                self._waits()
                self.deck.wait_settled(_SETTLES)
        if self.chance.random() < 0.5:
            self._goes_on()

    def _acts(self) -> tuple[Callable[[], object], ...]:
        play, chance = self.playback, self.chance
        anywhere = Utc(START + chance.randrange(_LENGTH))
        return (
            lambda: play.play(chance.choice((1.0, 1.0, 2.0, 4.0, -1.0, 0.25))),
            lambda: play.play(1.0),
            play.pause,
            lambda: play.seek(anywhere),
            lambda: play.seek(anywhere),
            lambda: play.step("one", chance.choice((-1, 1))),
            lambda: play.set_tile_size(chance.choice(CAMERAS), *chance.choice(((0, 0), (96, 54), (160, 90)))),
            lambda: play.set_levels({chance.choice(CAMERAS): 1.0}),
            lambda: Flaky.answers.clear() if chance.random() < 0.5 else Flaky.answers.set(),
        )

    def _goes_on(self) -> None:
        """Whoever sees that the picture has stopped tries again."""
        if self.covered:
            self.stops += 1
            self.viewing.retry()

    def _waits(self) -> None:
        """Until the log has answered, as a person who looks at a picture."""
        Flaky.answers.set()
        wait([span.opened for span in self.viewing._spans], WAIT)

    def _paint(self, wall: WallPicture) -> None:
        shown = {k: p for k, p in wall.pictures.items() if p.image is not None and self.playback._sizes[k] != (0, 0)}
        frames = {(key, TimeRange(p.at, p.until)) for key, p in shown.items()}
        assert not (frames and wall.covered), "a covered wall hands out pictures"
        if frames and self.queries.count(EntryFilter(kinds=("view_opened",))) != len(self.known):
            found = self.queries.entries(EntryFilter(kinds=("view_opened",)))
            self.known = [entry.event for entry in found if isinstance(entry.event, ViewOpened)]
        for key, frame in frames:
            said = (c.shown for event in self.known for c in event.cameras if c.recording == key)
            if not any(frame.overlap(each) for each in said):
                self.outside.append((key, frame))
            self.painted[key, frame] = None

    def close(self) -> list[tuple[str, TimeRange]]:
        """The fault is over. Gives what was painted and no closing entry says."""
        Flaky.rate = 0.0
        Flaky.answers.set()
        self._waits()
        wait([closing.future for closing in self.viewing._closings], WAIT)  # the last of what was under way may fail
        self.viewing.retry()
        wait(self.viewing.close(), WAIT)
        self.deck.close()
        self.journal.close()
        said = {key: merge(w.shown for w in self.queries.watched(CASE, key) if w.width) for key in CAMERAS}
        self.queries.close()
        return [
            (key, frame)
            for key, frame in self.painted
            if not any(each.start <= frame.start and frame.end <= each.end for each in said[key])
        ]


def play(seed: int, folder: Path, steps: int = STEPS) -> dict[str, int]:
    """One run. Gives {frames, outside, unsaid, failures, stops}."""
    stage = Stage(folder, seed)
    try:
        for _ in range(steps):
            stage.step()
    finally:
        unsaid = stage.close()
    assert stage.viewing.painted_outside == 0, (
        f"the gate says that something was painted while it was shut (seed {seed})"
    )
    assert not stage.outside, f"painted without a durable entry: {stage.outside[0]} (seed {seed})"
    assert not unsaid, f"painted and not said: {unsaid[0]} (seed {seed})"
    counts = (len(stage.painted), len(stage.outside), len(unsaid), Flaky.failures, stage.stops)
    return dict(zip(("frames", "outside", "unsaid", "failures", "stops"), counts, strict=True))


def run(seeds: int, first: int = 1) -> dict[str, int]:
    """So many runs. Raises AssertionError with the seed of what did not hold."""
    total: Counter[str] = Counter(runs=seeds)
    for seed in range(first, first + seeds):
        with tempfile.TemporaryDirectory(prefix="reviewer-playback-") as folder:
            total.update(play(seed, Path(folder)))
    return dict(total)
