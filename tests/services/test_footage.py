"""An open case's footage: the order of its cameras, what of each is here, and tracks that say why there is none."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from reviewer.domain.errors import IntegrityError, ReviewerError
from reviewer.domain.events import Event
from reviewer.domain.recording import Kind, Manifest, TrackRef
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND
from reviewer.sealing import grant, stream
from reviewer.services.custody import Grants
from reviewer.services.footage import STILL_STANDS, Footage
from reviewer.services.grants import custody_info
from reviewer.services.sync import ObjectState, Sync
from reviewer.services.vault import NotFetched, Vault
from tests.media.sounds import tone, wav
from tests.services.agency import CASE, Agency, flip, keys

GPX = b"""<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="t"><trk><trkseg>
<trkpt lat="60.1688" lon="24.9440"><time>2026-06-13T20:00:01Z</time></trkpt>
<trkpt lat="60.1689" lon="24.9441"><time>2026-06-13T20:00:02Z</time></trkpt></trkseg></trk></gpx>"""


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def _footage(agency: Agency, *recordings: str, fetch: bool = True) -> Footage:
    assignment = agency.assign(*recordings)
    trust = agency.trust()
    written: list[Event] = []
    vault = Vault(agency.workspace, trust, Grants(trust, keys("salo"), now=lambda: agency.now), written.append)
    footage = Footage(vault, trust, agency.workspace, assignment)
    if fetch:
        Sync(agency.workspace, agency.store, written.append).fetch(CASE, footage.manifests)
    return footage


def _with_track(agency: Agency, recording: str, data: bytes, format_: str = "gpx") -> None:
    """Seal a track beside a recording, and put the manifest that names it."""
    manifest = agency.trust().manifest(recording)
    (sealed_key,) = manifest.sealed_data_keys
    key = grant.open_sealed(keys("custody").sealing, sealed_key.sealed, custody_info("recording", recording, "custody"))
    sealed = stream.seal_bytes(data, key, recording.encode())
    name = sha256(sealed).hexdigest()
    agency.store.put_if_absent(f"objects/{name[:2]}/{name}", sealed)
    track = TrackRef(name, format_, len(sealed), sha256(data).hexdigest(), len(data), f"track.{format_}")
    agency.put_manifest(replace(manifest, tracks=(track,), n=2))


def test_numbers_follow_the_assignment_then_come_others_then_stills(agency: Agency) -> None:
    for each in ("cam-a", "cam-b", "cam-c"):
        made = agency.recording(each, b"footage of " + each.encode())
        agency.put_manifest(replace(made, incidents=("INC-7",), n=2))
    still = agency.recording("still-1", b"a picture")
    agency.put_manifest(replace(still, kind=Kind.STILL, incidents=("INC-7",), n=2))
    cameras = _footage(agency, "cam-b", "still-1", "cam-a").cameras()
    assert [(c.number, c.key, c.assigned) for c in cameras] == [
        (1, "cam-b", True),
        (2, "cam-a", True),
        (3, "cam-c", False),
        (4, "still-1", True),
    ]


def test_a_camera_that_is_not_assigned_shows_its_times_and_opens_nothing(agency: Agency) -> None:
    for each in ("cam-a", "cam-b"):
        agency.put_manifest(replace(agency.recording(each, each.encode()), incidents=("INC-7",), n=2))
    footage = _footage(agency, "cam-a")
    deck = footage.deck_camera(footage.cameras()[1])
    (part,) = deck.parts
    assert part.absence is not None
    assert part.absence.state is TileState.NO_PERMISSION
    with pytest.raises(ReviewerError, match="not opened"):
        part.open()


def test_parts_open_to_their_plaintext_and_say_what_is_missing(agency: Agency) -> None:
    agency.recording("cam-a", b"first part", b"second part")
    footage = _footage(agency, "cam-a", fetch=False)
    absent = footage.deck_camera(footage.cameras()[0])
    assert [p.absence.state for p in absent.parts if p.absence] == [TileState.NOT_DOWNLOADED] * 2
    with pytest.raises(NotFetched):
        absent.parts[0].open()
    Sync(agency.workspace, agency.store, lambda _event: None).fetch(CASE, footage.manifests)
    here = footage.deck_camera(footage.cameras()[0])
    assert [p.absence for p in here.parts] == [None, None]
    with here.parts[1].open() as file:
        assert file.read() == b"second part"


def test_a_changed_byte_is_refused_when_opened_and_stands_as_corrupt(agency: Agency) -> None:
    made = agency.recording("cam-a", b"first part")
    footage = _footage(agency, "cam-a")
    flip(agency.workspace.cached(made.parts[0].object))
    with pytest.raises(IntegrityError):
        footage.deck_camera(footage.cameras()[0]).parts[0].open()
    (part,) = footage.deck_camera(footage.cameras()[0]).parts
    assert part.absence is not None
    assert part.absence.state is TileState.CORRUPT


def _turn_a_bit(agency: Agency, footage: Footage, name: str) -> None:
    """Beneath the file system: the ledger knows the file as it is now."""
    path = agency.workspace.cached(name)
    flip(path, path.stat().st_size // 2)
    footage._vault._ledger.note(name, path.stat())


def test_a_part_that_reads_wrong_is_hashed_again_and_put_aside(agency: Agency) -> None:
    made = agency.recording("cam-a", bytes(range(256)) * 12_000)
    footage = _footage(agency, "cam-a")
    name = made.parts[0].object
    _turn_a_bit(agency, footage, name)
    (part,) = footage.deck_camera(footage.cameras()[0]).parts
    with part.open() as reader, pytest.raises(IntegrityError):
        reader.read()
    assert part.doubted is not None
    part.doubted()
    assert not agency.workspace.cached(name).exists()
    assert footage.cameras()[0].objects[0].state is ObjectState.QUARANTINED
    part.doubted()  # gone already: nothing more


def test_a_doubt_without_ground_keeps_the_file(agency: Agency) -> None:
    """Whoever took a decoder over may say so."""
    made = agency.recording("cam-a", b"first part")
    footage = _footage(agency, "cam-a")
    (part,) = footage.deck_camera(footage.cameras()[0]).parts
    assert part.doubted is not None
    part.doubted()
    assert agency.workspace.cached(made.parts[0].object).exists()
    with part.open() as file:
        assert file.read() == b"first part"


def test_sound_that_reads_wrong_puts_its_part_aside(agency: Agency) -> None:
    made = agency.recording("cam-a", wav(tone(30.0)))
    footage = _footage(agency, "cam-a")
    _turn_a_bit(agency, footage, made.parts[0].object)
    with pytest.raises(IntegrityError):
        footage.peaks(footage.cameras()[0], 0, 10, lambda: False)
    assert footage.cameras()[0].objects[0].state is ObjectState.QUARANTINED


def test_a_still_stands_for_a_while(agency: Agency) -> None:
    made: Manifest = agency.recording("still-1", b"a picture")
    part = replace(made.parts[0], duration=made.parts[0].duration.__class__(0))
    agency.put_manifest(replace(made, kind=Kind.STILL, parts=(part,), n=2))
    footage = _footage(agency, "still-1")
    (shown,) = footage.deck_camera(footage.cameras()[0]).parts
    assert shown.still
    assert shown.range.duration == STILL_STANDS >= SECOND


def test_a_track_is_read_and_a_broken_one_is_a_sentence(agency: Agency) -> None:
    agency.recording("good", b"footage")
    agency.recording("broken", b"footage 2")
    agency.recording("none", b"footage 3")
    _with_track(agency, "good", GPX)
    _with_track(agency, "broken", b"<gpx><!DOCTYPE x []></gpx>")
    footage = _footage(agency, "good", "broken", "none")
    found = [footage.track(camera) for camera in footage.cameras()]
    assert found[0][0] is not None
    assert len(found[0][0].fixes) == 2
    assert found[1][0] is None
    assert found[1][1] is not None
    assert found[1][1].next_step
    assert found[2] == (None, None)
