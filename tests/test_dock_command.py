"""`reviewer dock watch`, as a service runs it: by itself, until it is told to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from reviewer.cli import _parser
from reviewer.commands.dock import do_watch
from reviewer.domain.events import FootageTakenIn, IntakeBegun, IntakeEnded
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.door import station_room
from reviewer.services.workspace import Workspace
from tests.services.test_ingest import docked, video
from tests.test_cli import Run, agency, here, run

__all__ = ["agency", "here", "run"]  # fixtures


def _station_kinds(folder: Path) -> list[str]:
    queries = Queries(station_room(Workspace(folder / "home")).records)
    try:
        return [e.meta.kind for e in queries.entries(EntryFilter())]
    finally:
        queries.close()


def test_what_is_there_is_taken_in_once_and_the_stations_log_says_so(agency: Path, run: Run) -> None:
    docked(agency / "dock" / "CARD")
    before = {p: p.read_bytes() for p in (agency / "dock").rglob("*") if p.is_file()}
    taken = run("dock", "watch", agency / "dock", "--once", "--settle", 0)
    assert taken["status"] == 0
    (delivery,) = taken["deliveries"]
    assert (delivery["state"], delivery["name"], len(delivery["taken"])) == ("done", "CARD", 2)
    assert "CARD: taken in (2 taken in, 0 in the store before)." in taken["out"]
    assert {p: p.read_bytes() for p in (agency / "dock").rglob("*") if p.is_file()} == before
    assert sorted(_station_kinds(agency)) == sorted(
        [IntakeBegun.KIND, FootageTakenIn.KIND, FootageTakenIn.KIND, IntakeEnded.KIND]
    )
    again = run("dock", "watch", agency / "dock", "--once", "--settle", 0)
    assert again["status"] == 0 and again["deliveries"] == taken["deliveries"]
    assert run("log", "verify")["status"] == 0


def test_what_is_refused_fails_the_command(agency: Path, run: Run) -> None:
    (agency / "dock" / "CARD").mkdir(parents=True)
    (agency / "dock" / "CARD" / "A.mp4").write_bytes(b"no footage at all")
    taken = run("dock", "watch", agency / "dock", "--once", "--settle", 0)
    assert taken["status"] == 1 and taken["err"].startswith("CARD: A.mp4 ")
    gone = run("dock", "watch", agency / "nowhere", "--once", "--settle", 0)
    assert gone["status"] == 1 and "cannot be looked at" in gone["err"]


def test_the_command_is_on_the_command_line() -> None:
    args = _parser().parse_args(["dock", "watch", "one", "two", "--event-type", "patrol"])
    assert args.command is do_watch
    assert (args.folders, args.once, args.event_type) == ([Path("one"), Path("two")], False, "patrol")


def test_sigterm_ends_it_cleanly(agency: Path) -> None:
    video(agency / "dock" / "CARD" / "A.mp4")
    command = [sys.executable, "-m", "reviewer.cli", "dock", "watch", str(agency / "dock"), "--settle", "0", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=agency, env=environment
    )
    try:
        pause = threading.Event()
        for _ in range(600):
            if list((agency / "store" / "recordings").rglob("*.json")) or process.poll() is not None:
                break
            pause.wait(0.1)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, out + err
    assert "Stopped. What was finished is kept." in out
    assert [d["name"] for d in json.loads(out.splitlines()[-1])["deliveries"]] == ["CARD"]
    assert not list((agency / "store").rglob(".tmp-*"))
