"""kill -9 at any point of a case's way from a complaint to its decision: nothing that was shown as saved is gone.

`python -m tests.faults.case_kills KILLS SEED FOLDER` is one worker: it forks processes, lets each take a case through
(alleged, marked, exhibits made and changed, drafted, signed, returned, answered, signed again, decided; sent to the
store and followed by the other person after each step), kills it at a random moment, and looks. What was saved is told
through a pipe once its Future is done, as a screen shows it.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from reviewer.domain.agency import DEFAULT
from reviewer.domain.annotation import Mark
from reviewer.domain.case import CaseState, Stance
from reviewer.domain.case_acts import AllegationSet, ExhibitSet, NarrativeSet
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.records.queries import Queries
from reviewer.services.journal import Recorded
from tests.journeys.case_people import ARO, SALO, Office, Seat, now

_LIVES = 2.5  # s that a process works at most
_OPENING = 0.15  # of the processes are killed while they log on
_PATIENCE = 120.0
_STANDARD = DEFAULT.standards[0].id
_PEOPLE = (SALO, ARO)


def run(kills: int, *, seed: int = 1) -> dict[str, int]:
    """Kill so many. Gives {kills, while_opening, saved, decided}. Raises AssertionError with what did not hold."""
    with tempfile.TemporaryDirectory(prefix="reviewer-case-kills-") as folder:
        words = [sys.executable, "-m", "tests.faults.case_kills", str(kills), str(seed), folder]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, " ".join(done.stderr.strip().splitlines()[-1:]) or "a worker ended by itself"
    found: dict[str, int] = json.loads(done.stdout)
    return found


def worker(kills: int, seed: int, folder: Path) -> dict[str, int]:
    """So many kills, one after another, of work on one case."""
    chance = random.Random(seed)  # noqa: S311 - moments to kill at
    office = Office(folder, str(folder / "store")).found()
    office.assigns([m.recording_id for m in office.takes_in(1)])
    saved: dict[tuple[str, int], str] = {}
    done = dict.fromkeys(("kills", "while_opening", "saved", "decided"), 0)
    for kill in range(kills):
        told = _one(office, kill, chance)
        saved |= {(origin, int(index)): kind for origin, index, kind in told}
        done["kills"] += 1
        done["while_opening"] += not told
        _nothing_is_gone(office, saved)
    done["saved"] = len(saved)
    done["decided"] = sum(kind == "decision_signed" for kind in saved.values())
    _ends_well(office, kills)
    return done


def _nothing_is_gone(office: Office, saved: dict[tuple[str, int], str]) -> None:
    """Every entry that was told of stands in its person's own records, and its body opens."""
    for who in _PEOPLE:
        mine = {key: kind for key, kind in saved.items() if key[0].split("/")[2] == who}
        if not mine:
            continue
        with closing(Queries(office.workspace(who).user(who).records)) as queries:
            rows = queries._conn.execute("SELECT origin, idx, kind FROM entries WHERE payload NOTNULL").fetchall()
        there = {(origin, index): kind for origin, index, kind in rows}
        lost = [key for key, kind in mine.items() if there.get(key) != kind]
        assert not lost, f"{len(lost)} of {len(mine)} saved entries of {who} are gone, the first {lost[0]}"


def _ends_well(office: Office, kills: int) -> None:
    """After all that a case is taken through once more, and both have the same."""
    with closing(_Two(office)) as two:
        _course(two.salo, two.aro, kills + 1)
        two.meet()
        shown = [(s.file.allegations(), s.file.exhibits(), s.notes.bookmarks()) for s in (two.salo, two.aro)]
        assert shown[0] == shown[1], "two people have not the same case"
        decided = [len(course.decided) for course in two.salo.findings.read().courses.values()]
        assert max(decided, default=0) == 1, "a decision stands twice, or none does"


class _Two:
    """Both people at work, each at their own machine. Raises what logging on raises."""

    def __init__(self, office: Office, tell: Callable[[Recorded], None] | None = None) -> None:
        self.salo, self.aro = (office.sits_down(who) for who in _PEOPLE)
        for seat in (self.salo, self.aro):
            if tell is not None:
                seat.session.journal.listen(tell)
            seat.opens()
        self.meet()

    def meet(self) -> None:
        for act in (Seat.sends, Seat.follows):
            for seat in (self.salo, self.aro):
                act(seat)

    def close(self) -> None:
        for seat in (self.salo, self.aro):
            seat.leaves()


def _one(office: Office, number: int, chance: random.Random) -> list[list[str]]:
    """One process until it is killed. Gives what it told of."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        _lives(office, number, write)
    os.close(write)
    try:
        told = _listen(read, pid, chance)
    finally:
        os.close(read)
    lines = [line.split() for line in told.decode().split("\n")[:-1]]
    failed = [" ".join(line) for line in lines if line[0] == "X"]
    assert not failed, failed[0]
    return [line[1:] for line in lines if line[0] == "E"]


def _lives(office: Office, number: int, pipe: int) -> None:
    """Takes one allegation after another through until it is killed. Never returns."""

    def tell(done: Recorded) -> None:
        os.write(pipe, f"E {done.origin} {done.index} {done.event.KIND}\n".encode())

    try:
        two = _Two(office, tell)
        os.write(pipe, b"O\n")
        while True:
            _course(two.salo, two.aro, number)
            two.meet()
    except BaseException as why:  # noqa: BLE001 - the worker has to hear of it, whatever it is
        os.write(pipe, f"X {type(why).__name__}: {why}\n".replace("\n", " ").encode() + b"\n")
    finally:
        os._exit(3)


def _listen(read: int, pid: int, chance: random.Random) -> bytes:
    """Hear a process out until some moment; kill it, hear what it still had said."""
    told, dead, opened = bytearray(), False, False
    until = time.monotonic() + (chance.random() if chance.random() < _OPENING else _PATIENCE)
    while True:
        ready, _, _ = select.select([read], [], [], None if dead else max(0.0, until - time.monotonic()))
        if ready:
            piece = os.read(read, 1 << 16)
            told += piece
            if not piece:
                break
            if not opened and b"O\n" in told:
                opened, until = True, time.monotonic() + chance.random() * _LIVES
        if not dead and time.monotonic() >= until:
            os.kill(pid, signal.SIGKILL)
            dead = True
    os.waitpid(pid, 0)
    return bytes(told)


def _course(salo: Seat, aro: Seat, number: int) -> None:
    """One allegation, from when it is alleged to its decision."""

    def meet() -> None:
        for seat in (salo, aro):
            seat.sends()
        for seat in (salo, aro):
            seat.follows()

    if salo.moves.standing().state is CaseState.SCREENING:
        now(salo.moves.move(CaseState.INVESTIGATION))
    allegation = now(salo.file.add(AllegationSet, {"title": f"Force, told by {number}"}))
    salo.watches()
    start = Micros(SECOND)
    mark = Mark(salo.assignment.recordings[0].recording_id, 0, start, start)
    place = TimeRange(Utc(0), Utc(0))
    bookmark = now(salo.notes.add(place, (mark,), "force", "He takes the bag"))
    exhibit = now(
        salo.file.add(ExhibitSet, {"allegation": allegation, "stance": Stance.FOR.value, "mark": bookmark.id})
    )
    now(salo.file.change(ExhibitSet, exhibit, {"text": "It is his own"}))
    now(salo.file.add(NarrativeSet, {"title": "What was seen", "text": f"See {{exhibit:{exhibit}}}."}))
    meet()
    first = _signed(salo, allegation, exhibit)
    meet()
    point = now(aro.decisions.send_back(first, "Say more."))
    meet()
    now(salo.findings.answer(point, "Said."))
    _signed(salo, allegation, exhibit)
    if salo.moves.standing().state is CaseState.INVESTIGATION:
        now(salo.moves.move(CaseState.REVIEW))
    meet()
    now(aro.decisions.decide(allegation, "sustained", _STANDARD))


def _signed(seat: Seat, allegation: str, exhibit: str) -> str:
    reasons = f"Seen: {{exhibit:{exhibit}}}."
    now(seat.findings.write(allegation, standard=_STANDARD, disposition="sustained", reasons=reasons))
    return now(seat.findings.sign(allegation))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(worker(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))))
