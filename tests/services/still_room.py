"""An open case with one camera on a real deck behind the real gate, vault and journal: what a still is saved from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event, LogName, StillSaved
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import Utc
from reviewer.media.camera import TilePicture
from reviewer.media.deck import Deck
from reviewer.records.database import open_reader
from reviewer.services.custody import Grants
from reviewer.services.footage import Footage
from reviewer.services.journal import Journal, Recorded
from reviewer.services.playback import Playback
from reviewer.services.still import SavedStill, Stills
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from reviewer.services.viewing import Viewing
from tests.media.footage import WAIT, Hands, clip
from tests.services.agency import CASE, NOW, Agency, keys

KEY = Ed25519PrivateKey.generate()
SIZE = (320, 180)
ONE, TURNED = clip(b_frames=2, size=SIZE), clip(tuple(range(20)), size=SIZE)


def turned(data: bytes, degrees: int) -> bytes:
    """The same packets, marked to be turned for showing."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="mp4") as file:
        stream = file.add_stream_from_template(source.streams.video[0])
        stream.set_display_rotation(degrees)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                file.mux(packet)
    return out.getvalue()


class HeldJournal(Journal):
    """A real journal that writes stills, or all, only when the test says so."""

    held: list[tuple[Event, Future[Recorded]]] | None = None
    refuses: LogUnwritable | None = None

    def record(self, event: Event) -> Future[Recorded]:
        if isinstance(event, StillSaved) and self.refuses is not None:
            refused: Future[Recorded] = Future()
            refused.set_exception(self.refuses)
            return refused
        if self.held is None:
            return super().record(event)
        future: Future[Recorded] = Future()
        self.held.append((event, future))
        return future

    def catch_up(self) -> None:
        held, self.held = self.held or [], None
        for event, future in held:
            future.set_result(super().record(event).result(WAIT))


@dataclass
class Room:
    agency: Agency
    manifest: Manifest
    playback: Playback
    deck: Deck
    viewing: Viewing
    journal: HeldJournal
    hands: Hands
    stills: Stills
    folder: Path

    def at(self, micros: int) -> TilePicture:
        """Go there, and paint what is right."""
        self.hands.move(2_000_000)
        self.playback.seek(Utc(NOW + micros))
        for _ in range(6):
            self.deck._poke()
            self.playback.tick()
            wait([span.opened for span in self.viewing._spans], WAIT)
            assert self.deck.wait_settled(WAIT)
            self.hands.move(200_000)
        wall = self.playback.tick()
        self.playback.painted(wall)
        return wall.pictures[self.manifest.recording_id]

    def save(self, picture: TilePicture) -> SavedStill:
        return self.stills.save(self.manifest, picture, self.folder).result(WAIT)

    def entries(self) -> list[tuple[object, ...]]:
        with open_reader(self.journal.path) as reader:
            return [
                tuple(row) for row in reader.execute("SELECT recording, part, pts, sha256 FROM stills ORDER BY idx")
            ]

    def files(self) -> list[str]:
        return sorted(p.name for p in self.folder.rglob("*")) if self.folder.is_dir() else []


@contextmanager
def open_room(tmp_path: Path, monotonic: Callable[[], int] | None = None) -> Iterator[Room]:
    """A room whose clock is the test's hand, or the given one."""
    agency, hands, events = Agency(tmp_path), Hands(), list[Event]()
    clock = monotonic or hands
    agency.recording("cam-a", ONE, turned(TURNED, 90))
    trust = agency.trust()
    assignment = agency.assign("cam-a")
    vault = Vault(agency.workspace, trust, Grants(trust, keys("salo"), now=lambda: agency.now), events.append)
    footage = Footage(vault, trust, agency.workspace, assignment)
    Sync(agency.workspace, agency.store, events.append).fetch(CASE, footage.manifests)
    (camera,) = footage.cameras()
    with ExitStack() as undo:
        origins = {LogName.ACCESS: "pd/ws1/salo/access/1"}
        journal = HeldJournal(tmp_path / "records.sqlite", origins, KEY)
        undo.callback(journal.close)
        viewing = Viewing(journal, CASE, "complaint", clock=lambda: clock() / 1e9)
        deck = Deck(monotonic=clock)
        undo.callback(deck.close)
        playback = Playback(deck, viewing)
        pool = ThreadPoolExecutor(2)
        undo.callback(pool.shutdown)
        undo.callback(lambda: wait(viewing.close(), WAIT))
        undo.callback(journal.catch_up)
        playback.set_tile_size("cam-a", 96, 54)
        playback.set_cameras((footage.deck_camera(camera),))
        who = "K. Salo 0417 (salo)"
        stills = Stills(
            playback, journal.record, pool, CASE, who, promise=lambda: agency.store.integrity, now=lambda: agency.now
        )
        folder = tmp_path / "Pictures" / "Reviewer"
        yield Room(agency, camera.manifest, playback, deck, viewing, journal, hands, stills, folder)
