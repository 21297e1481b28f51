"""One byte is changed, in the store, on this machine, in a published log: it is said, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt

from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND
from reviewer.services.ledger import Ledger
from reviewer.services.queue import Integrity
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.journeys.conftest import Command, Person
from tests.services.agency import flip

SitDown = Callable[[], Person]


def _one(demo: Path) -> Manifest:
    """The camera whose footage is damaged: it rolls all the time, in one part."""
    workspace = Workspace(demo / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    found = (m for m in trust.manifests().good if m.kind is Kind.VIDEO and len(m.parts) == 1 and m.officer_id == "2214")
    return next(found)


def _flip_middle(file: Path) -> bytes:
    """Change one byte in the middle; give the whole file as it was."""
    whole = file.read_bytes()
    flip(file, len(whole) // 2)
    return whole


def _object(folder: Path, manifest: Manifest) -> Path:
    name = manifest.parts[0].object
    return folder / name[:2] / name


def _others_play(person: Person, damaged: str = "") -> None:
    """Every other camera shows running pictures; of the damaged one nothing is painted, and no entry says it was."""
    others = [c.key for c in person.room.cameras if not c.is_still and c.key != damaged]
    assert len(others) == (3 if damaged else 4)
    wall, leaked = person.screen.wall, set[str]()
    person.screen.ticked.connect(lambda _picture: leaked.update(k for k in wall.painted() if k == damaged))
    start = person.playback.now()
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.now() > start + SECOND)
    person.sees(lambda: {k for k, p in wall.painted().items() if p.image is not None and p.at > start} == set(others))
    person.key(Qt.Key.Key_Space)
    person.settles()
    person.screen.lock()
    person.sees(lambda: all(_watched(person, k) for k in others))
    person.screen.unlock()
    person.settles()
    assert not leaked
    assert not _watched(person, damaged)
    assert person.viewing.painted_outside == 0


def _watched(person: Person, recording: str) -> bool:
    """Whether any entry says that something of a recording was shown."""
    with closing(person.desk.session.queries()) as queries:
        return any(w.width for w in queries.watched(person.room.case, recording))


def _plays_too(person: Person, healed: str) -> None:
    tile = person.screen.wall.tile(healed)
    assert tile is not None
    person.sees(lambda: tile.state is TileState.PLAYING and tile.painted is not None)
    person.settles()
    assert person.viewing.painted_outside == 0


def test_in_a_stored_object(sit_down: SitDown, demo: Path) -> None:
    damaged = _one(demo)
    stored = _object(demo / "store" / "objects", damaged)
    whole = _flip_middle(stored)
    person = sit_down()
    person.logs_on()
    queue = person.desk.queue
    person.sees(lambda: queue.cases and queue.cases[0].integrity is Integrity.CORRUPT and queue.cases[0].here == 3)
    person.sees(lambda: "One recording does not match its manifest" in person.says())
    said = person.says()
    assert f"Ofc. A. Niemi {damaged.officer_id}, part 1. It is not shown." in said
    assert not _object(demo / "home" / "cache", damaged).exists()

    person.opens_case()
    tile = person.screen.wall.tile(damaged.recording_id)
    assert tile is not None
    assert (tile.state, tile.next_button.text()) == (TileState.CORRUPT, "Fetch again")
    assert "Corrupt: not shown" in person.paints(tile)
    _others_play(person, damaged.recording_id)

    stored.write_bytes(whole)
    person.program.window.show_screen("queue")
    person.clicks(person.button("Fetch again"))
    person.has_footage()
    assert queue.cases[0].integrity is Integrity.VERIFIED
    person.sees(lambda: "does not match" not in person.says())
    person.program.window.show_screen("review")
    _plays_too(person, damaged.recording_id)


def test_in_a_cached_object(person: Person, demo: Path) -> None:
    damaged = _one(demo)
    person.logs_on()
    person.has_footage()
    cached = _object(demo / "home" / "cache", damaged)
    _flip_middle(cached)
    person.opens_case()
    tile = person.screen.wall.tile(damaged.recording_id)
    assert tile is not None
    person.sees(lambda: tile.state is TileState.CORRUPT)
    assert not cached.exists()
    assert tile.next_button.text() == "Fetch again"
    assert tile.next_button.isVisible()
    assert "Corrupt: not shown" in person.paints(tile)
    _others_play(person, damaged.recording_id)

    person.sees(tile.next_button.isVisible)
    person.clicks(tile.next_button)
    _plays_too(person, damaged.recording_id)
    assert cached.exists()


def test_beneath_the_file_system(person: Person, demo: Path) -> None:
    """The file's identity is the ledger's, so it is opened; whoever reads the bit finds it."""
    damaged = _one(demo)
    person.logs_on()
    person.has_footage()
    cached = _object(demo / "home" / "cache", damaged)
    _flip_middle(cached)
    Ledger(Workspace(demo / "home")).note(cached.name, cached.stat())
    person.opens_case()
    tile = person.screen.wall.tile(damaged.recording_id)
    assert tile is not None
    person.sees(lambda: not cached.exists())
    person.sees(lambda: tile.state is TileState.CORRUPT and tile.next_button.isVisible())
    person.clicks(tile.next_button)
    _plays_too(person, damaged.recording_id)
    assert cached.exists()


def test_in_a_published_log_entry(sit_down: SitDown, demo: Path, command: Command) -> None:
    first = sit_down()
    first.logs_on()
    first.has_footage()
    first.opens_case()
    first.leaves()
    assert command("log", "verify")["ok"]
    bundles = (demo / "store" / "logs").glob("*/*/salo/access/*/tile/entries/**/*")
    entries = max((p for p in bundles if p.is_file()), key=lambda p: int(p.name))
    flip(entries, entries.stat().st_size // 2)
    damaged = entries.read_bytes()
    _names_the_file(command, entries)

    again = sit_down()
    again.logs_on()
    again.has_footage()
    again.opens_case()
    _others_play(again)
    said = again.says()
    assert "The log is not the one that was published" not in said, "nobody forked it: this machine has the true one"
    size = again.desk.session.publisher.publish()
    assert size.trouble is None
    again.leaves()
    assert entries.read_bytes() == damaged, "what is published is never written over"
    _names_the_file(command, entries)


def _names_the_file(command: Command, entries: Path) -> None:
    """The check of the published logs fails, says which file it is, and finds the other entries whole."""
    checked = command("log", "verify")
    assert (checked["status"], checked["ok"]) == (1, False)
    assert f"tile/entries/000.p/{entries.name}: entry " in checked["err"]
    wrong = [log for log in checked["logs"] if not log["ok"]]
    assert [log["origin"].split("/")[2:4] for log in wrong] == [["salo", "access"]]
    assert {log["entries"] for log in wrong} <= {wrong[0]["size"], wrong[0]["size"] - 1}
