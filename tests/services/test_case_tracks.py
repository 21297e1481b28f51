from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import IntegrityError, ReviewerError, UnreadableTrack
from reviewer.domain.events import LogName
from reviewer.domain.timebase import Utc, format_rfc3339
from reviewer.domain.track import Column, Told
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services import case_tracks
from reviewer.services.case_tracks import AddedTrack, CaseTracks, look, read_again
from reviewer.services.journal import Journal, Recorded
from tests.tracks import whole

KEY, OLDER = b"k" * 32, b"o" * 32
PHOTO = Path(__file__).parents[3] / "shared/data/recordings/hero5-trimmed.mp4"


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    origin = {LogName.WORK: "pd/ws1/salo/work/1"}
    with closing(
        Journal(tmp_path / "r.sqlite", origin, Ed25519PrivateKey.generate(), case_keys=lambda _case: (KEY,))
    ) as opened:
        yield opened


@pytest.fixture
def tracks(journal: Journal) -> CaseTracks:
    return CaseTracks(journal.record, lambda: Queries(journal.path), "c1", lambda _case: (KEY, OLDER))


def put(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def done(future: Future[Recorded] | None) -> None:
    assert future is not None
    future.result()


def only(tracks: CaseTracks) -> AddedTrack:
    (added,) = tracks.tracks()
    return added


def test_a_file_is_looked_at_added_and_read_again_as_it_was(tracks: CaseTracks, tmp_path: Path) -> None:
    file = look(put(tmp_path, "car 7.gpx", whole.gpx()))
    assert (file.format, file.asks, file.question) == ("gpx", "", "")
    tracks.add(file, " Car 7 ").result()
    added = only(tracks)
    assert (added.whose, added.event.fixes, added.said.user) == ("Car 7", whole.COUNT, "salo")
    assert tracks.file(added) == whole.gpx()
    assert file.track is not None
    assert tracks.read(added).fixes == file.track.fixes
    assert added.event.span is not None
    assert added.event.span.start == file.track.fixes[0].at


def test_neither_the_file_nor_a_place_stands_in_the_tables(
    tracks: CaseTracks, journal: Journal, tmp_path: Path
) -> None:
    tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), "Car 7").result()
    with closing(Queries(journal.path)) as queries:
        (entry,) = queries.entries(EntryFilter())
    assert entry.meta.payload is not None
    assert "60.17" not in entry.meta.payload
    assert b"trkpt" not in base64.b64decode(only(tracks).event.sealed)


def test_it_is_taken_back_by_an_entry_and_undone_by_another(tracks: CaseTracks, tmp_path: Path) -> None:
    tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), "Car 7").result()
    added = only(tracks)
    done(tracks.withdraw(added))
    assert tracks.tracks() == ()
    done(tracks.undo())
    assert only(tracks).event == added.event
    done(tracks.undo())
    assert tracks.tracks() == ()
    done(tracks.redo())
    assert only(tracks).event == added.event


def test_a_table_is_asked_about_until_it_can_be_read(tracks: CaseTracks, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", b"wann;nord;ost\n13.06.2026 22:42:17;60,17;24,94\n")
    file = look(path)
    assert (file.asks, file.track) == ("columns", None)
    assert file.table is not None
    assert file.table.header == ("wann", "nord", "ost")
    with pytest.raises(ReviewerError, match="has no header"):
        tracks.add(file, "Car 7")
    columns = (Column("at", 0), Column("lat", 1), Column("lon", 2))
    file = read_again(file, Told(columns=columns))
    assert file.asks == "zone"
    told = Told("Europe/Helsinki", columns)
    tracks.add(read_again(file, told), "Car 7", told).result()
    (fix,) = tracks.read(only(tracks)).fixes
    assert format_rfc3339(fix.at) == "2026-06-13T19:42:17.000000Z"


def test_a_drones_file_needs_its_zone_or_its_camera(tracks: CaseTracks, tmp_path: Path) -> None:
    file = look(put(tmp_path, "a.SRT", whole.srt()))
    assert file.own_clock
    with pytest.raises(ReviewerError, match="say the zone, or which camera"):
        tracks.add(file, "Drone")
    tracks.add(file, "Drone", camera="r1").result()
    added = only(tracks)
    assert added.event.camera == "r1"
    with pytest.raises(UnreadableTrack, match="goes by the clock of a recording that is not open here"):
        tracks.read(added)
    assert tracks.read(added, lambda stream: Utc(10**15 + stream)).fixes[1].at == 10**15 + 1_000_000


@pytest.mark.parametrize("whose", ["", "  ", "x" * 201])
def test_it_is_somebodys(tracks: CaseTracks, tmp_path: Path, whose: str) -> None:
    with pytest.raises(ReviewerError, match="whose track"):
        tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), whose)


def test_what_is_too_large_is_a_sentence(tracks: CaseTracks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_tracks, "LARGEST_SEALED", 100)
    with pytest.raises(ReviewerError, match="too large for a case"):
        tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), "Car 7")


def test_an_older_case_key_still_opens_it_and_another_ones_does_not(
    tracks: CaseTracks, journal: Journal, tmp_path: Path
) -> None:
    tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), "Car 7").result()

    def under(*keys: bytes) -> CaseTracks:
        return CaseTracks(journal.record, lambda: Queries(journal.path), "c1", lambda _case: keys)

    assert under(b"n" * 32, KEY).file(only(tracks)) == whole.gpx()
    with pytest.raises(IntegrityError, match="does not open"):
        under(OLDER).file(only(tracks))
    with pytest.raises(ReviewerError, match="not open"):
        under().add(look(put(tmp_path, "b.gpx", whole.gpx())), "Car 7")


@pytest.mark.parametrize(
    "change", [{"size": 10}, {"size": 1 << 40}, {"sha256": "0" * 64}, {"id": "x"}, {"sealed": "x"}]
)
def test_an_event_that_does_not_fit_its_file_opens_nothing(
    tracks: CaseTracks, tmp_path: Path, change: dict[str, object]
) -> None:
    tracks.add(look(put(tmp_path, "a.gpx", whole.gpx())), "Car 7").result()
    added = only(tracks)
    with pytest.raises(IntegrityError):
        tracks.file(replace(added, event=replace(added.event, **change)))  # type: ignore[arg-type]


def test_a_recording_with_gps_in_it_is_kept_as_a_table() -> None:
    if not PHOTO.exists():
        pytest.skip("shared/data is not here")
    file = look(PHOTO)
    assert (file.name, file.format) == ("hero5-trimmed.mp4, gpmf.csv", "csv")
    assert file.track is not None
    assert len(file.track.fixes) == 36


def test_without_exiftool_an_unknown_kind_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableTrack, match="of a kind that no reader here knows"):
        look(put(tmp_path, "a.insv", b"\0\0\0\x20ftypinsv" + bytes(100)))


def test_exiftool_reads_what_we_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of that name answers as exiftool does, and gets a list of arguments and no configuration."""
    program = tmp_path / "bin" / "exiftool"
    program.parent.mkdir()
    (tmp_path / "answer").write_bytes(whole.exiftool())
    shell = shutil.which("sh")
    program.write_text(f'#!{shell}\nfor each; do echo "$each" >> "{tmp_path}/asked"; done\ncat "{tmp_path}/answer"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    file = look(put(tmp_path, "-rf.insv", bytes(100)))
    assert (file.name, file.format) == ("-rf.insv, exiftool.json", "exiftool")
    assert file.track is not None
    assert len(file.track.fixes) == whole.COUNT
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:2] == ["-config", "/dev/null"]
    assert asked[-2:] == ["--", str(tmp_path / "-rf.insv")]


def test_the_real_exiftool(tmp_path: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not here")
    with pytest.raises(UnreadableTrack, match=r"^exiftool|exiftool\.json holds no positions"):
        look(put(tmp_path, "a.insv", bytes(100)))


@pytest.mark.parametrize("name", ["gone.gpx", "folder"])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableTrack, match=f"{name} cannot be read"):
        look(tmp_path / name)
