"""A still is the original frame, to the pixel, with its provenance in it; no entry, no file; nothing is overwritten."""

from __future__ import annotations

import errno
import io
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from reviewer.domain.errors import IntegrityError, LogUnwritable, ReviewerError
from reviewer.domain.events import StillSaved, ViewOpened
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Micros, Utc, format_rfc3339
from reviewer.services import disk
from reviewer.services.still import NotOnScreen, Stills, _square
from tests.exports.pngs import texts
from tests.media.footage import WAIT
from tests.services.agency import CASE, NOW, flip
from tests.services.still_room import ONE, SIZE, TURNED, Room, open_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as made:
        yield made


def plain(data: bytes, number: int) -> NDArray[np.uint8]:
    """The n-th frame by nothing but libav, from the start of the file; BGR. What is unmarked and small is BT.601."""
    with av.open(io.BytesIO(data)) as file:
        for n, frame in enumerate(file.decode(video=0)):
            if n == number:
                made = VideoReformatter().reformat(
                    frame,
                    format="bgra",
                    src_colorspace=Colorspace.ITU601,
                    src_color_range=ColorRange.MPEG,
                    interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT,
                )
                return np.asarray(made.to_ndarray()[..., :3], np.uint8)
    raise LookupError(number)


@pytest.mark.parametrize(("at", "number"), [(0, 0), (1_210_000, 30), (2_399_999, 59)])
def test_a_still_is_the_original_frame_to_the_pixel(room: Room, at: int, number: int) -> None:
    picture = room.at(at)
    assert picture.image is not None and picture.image.shape[:2] == (54, 96)
    saved = room.save(picture)
    read = cv2.imdecode(np.frombuffer(saved.path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    assert np.array_equal(read, plain(ONE, number))


def test_a_camera_that_was_turned_gives_a_turned_still(room: Room) -> None:
    saved = room.save(room.at(10_200_000))
    data = saved.path.read_bytes()
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None and read.shape == (SIZE[0], SIZE[1], 3)
    assert np.array_equal(read, np.rot90(plain(TURNED, 5)))
    assert texts(data)["Turned"] == "270 degrees clockwise"
    assert texts(data)["Part"] == "2 of 2"


def test_it_says_where_it_comes_from(room: Room) -> None:
    saved = room.save(room.at(1_210_000))
    words, part = texts(saved.path.read_bytes()), room.manifest.parts[0]
    with av.open(io.BytesIO(ONE)) as file:
        frame = next(f for f in file.decode(video=0) if f.time == pytest.approx(1.2))
        assert (words["Pts"], words["Time base"]) == (str(frame.pts), str(file.streams.video[0].time_base))
    assert words == words | {
        "Title": f"Ofc. A. Niemi 2214, 2026-06-13 20:00:01.200 UTC, {CASE}",
        "Case": CASE,
        "Recording": "cam-a",
        "Officer": "Ofc. A. Niemi 2214",
        "Camera": "Example One X1",
        "Part": "1 of 2",
        "Original file SHA-256": sha256(ONE).hexdigest(),
        "Sealed object SHA-256": part.object,
        "Evidence store": "tamper-evident, not write-once",
        "UTC": format_rfc3339(Utc(NOW + 1_200_000)),
        "Uncertainty": "50000 µs (one standard deviation)",
        "Clock source": "manifest",
        "Saved by": "K. Salo 0417 (salo)",
        "Saved at": format_rfc3339(NOW),
    }
    assert words["Software"].startswith("Reviewer ")
    assert saved.path.name == f"{CASE} Ofc. A. Niemi 2214 2026-06-13 20.00.01.200 UTC.png"


def test_its_entry_names_the_file_by_its_hash(room: Room) -> None:
    picture = room.at(1_210_000)
    saved = room.save(picture)
    digest = sha256(saved.path.read_bytes()).hexdigest()
    assert room.entries() == [("cam-a", 0, picture.pts, digest)]
    assert saved.recorded.event == StillSaved(CASE, "cam-a", 0, picture.pts, digest)


def test_the_entry_comes_before_the_file(room: Room) -> None:
    picture = room.at(0)
    room.journal.held = []
    future = room.stills.save(room.manifest, picture, room.folder)
    done, _ = wait([future], 0.4)
    assert not done and room.files() == []
    room.journal.catch_up()
    saved = future.result(WAIT)
    assert room.files() == [saved.path.name]


def test_no_entry_no_file(room: Room) -> None:
    picture = room.at(0)
    room.journal.refuses = LogUnwritable("The log cannot be written: the disk is full.", "Make room on the disk.")
    with pytest.raises(LogUnwritable, match="disk is full"):
        room.save(picture)
    assert room.files() == [] and room.entries() == []


def test_nothing_is_overwritten(room: Room) -> None:
    picture = room.at(0)
    first = room.save(picture)
    first.path.write_bytes(b"somebody's own")
    second, third = room.save(picture), room.save(picture)
    assert first.path.read_bytes() == b"somebody's own"
    assert [p.path.name for p in (second, third)] == [f"{first.path.stem} (2).png", f"{first.path.stem} (3).png"]
    assert len(room.files()) == 3 and len(room.entries()) == 3


def test_a_disk_without_hard_links_is_no_less_careful(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_paths: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuses)
    picture = room.at(0)
    first, second = room.save(picture), room.save(picture)
    assert first.path != second.path
    assert first.path.stat().st_size == second.path.stat().st_size > 0
    assert len(room.files()) == 2


def test_a_full_disk_is_seen_before_the_entry(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = room.at(0)
    usage = shutil.disk_usage(room.agency.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100))
    with pytest.raises(disk.NoRoom, match=r"no room left for CR-2026-0142 .*\.png"):
        room.save(picture)
    assert room.files() == [] and room.entries() == []


def test_a_disk_that_fills_meanwhile_leaves_no_half_file(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = room.at(0)

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(disk.os, "fsync", full)
        with pytest.raises(ReviewerError, match=r"no room left .* The log keeps the entry of this try\."):
            room.save(picture)
    assert room.files() == [] and len(room.entries()) == 1


def test_a_folder_that_may_not_be_written_is_said_before_the_entry(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = room.at(0)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ReviewerError, match=r"cannot be used: Permission denied\. Check the folder and its rights"):
        room.save(picture)
    assert room.files() == [] and room.entries() == []


def test_a_file_in_the_folders_place_is_said(room: Room) -> None:
    picture = room.at(0)
    room.folder.parent.write_bytes(b"")
    with pytest.raises(ReviewerError, match="cannot be used"):
        room.save(picture)
    assert room.entries() == []


def test_only_what_is_on_the_screen_is_saved(room: Room) -> None:
    picture = room.at(0)
    other = replace(picture, at=Utc(NOW + 40_000), until=Utc(NOW + 80_000))
    with pytest.raises(NotOnScreen) as said:
        room.save(other)
    assert said.value.next_step
    room.playback.cover()  # locked
    with pytest.raises(NotOnScreen):
        room.save(picture)
    assert room.files() == [] and room.entries() == []


def test_a_picture_whose_view_is_not_durable_yet_is_not_saved(room: Room) -> None:
    picture = room.at(0)
    room.journal.held = []
    room.playback.play()  # another rate is another span
    room.playback.tick()
    assert any(isinstance(event, ViewOpened) for event, _ in room.journal.held)
    with pytest.raises(NotOnScreen):
        room.save(picture)


def test_what_no_longer_matches_its_manifest_is_not_saved(room: Room) -> None:
    picture = room.at(0)
    flip(room.agency.workspace.cached(room.manifest.parts[0].object))
    with pytest.raises(IntegrityError):
        room.save(picture)
    assert room.files() == [] and room.entries() == []


def test_no_name_of_a_case_leads_out_of_the_folder(room: Room) -> None:
    picture = room.at(0)
    outside = Stills(room.playback, room.journal.record, room.stills._pool, "../../up: <it>", "who")
    saved = outside.save(room.manifest, picture, room.folder).result(WAIT)
    assert saved.path.parent == room.folder
    assert saved.path.name.startswith("-..-up- -it- Ofc.")


# -- every picture of a wall, and an original to be held -------------------------------------------------------------


def test_all_are_saved_each_with_its_entry_and_progress_is_told(room: Room) -> None:
    told: list[int] = []
    picture = room.at(1_210_000)
    wanted = [(room.manifest, picture)] * 3
    saved = room.stills.save_all(wanted, room.folder, told.append, threading.Event()).result(WAIT)
    assert told == [1, 2, 3] and (saved.failed, saved.left) == ((), 0)
    assert sorted(s.path.name for s in saved.saved) == room.files() and len(room.files()) == 3
    assert len(room.entries()) == 3


def test_stopping_keeps_what_is_saved_and_says_what_was_not_tried(room: Room) -> None:
    stop = threading.Event()
    wanted = [(room.manifest, room.at(1_210_000))] * 3
    saved = room.stills.save_all(wanted, room.folder, lambda _done: stop.set(), stop).result(WAIT)
    assert (len(saved.saved), saved.failed, saved.left) == (1, (), 2)
    assert len(room.files()) == len(room.entries()) == 1


def test_one_that_cannot_be_saved_does_not_stop_the_others(room: Room) -> None:
    picture = room.at(1_210_000)
    gone = replace(picture, at=Utc(NOW + 40_000), until=Utc(NOW + 80_000))  # not what is on the screen
    wanted = [(room.manifest, gone), (room.manifest, picture)]
    saved = room.stills.save_all(wanted, room.folder, lambda _done: None, threading.Event()).result(WAIT)
    assert len(saved.saved) == 1 and saved.left == 0
    ((manifest, wrong),) = saved.failed
    assert manifest is room.manifest and isinstance(wrong, NotOnScreen)
    with pytest.raises(NotOnScreen):
        room.stills.save_all([(room.manifest, gone)], room.folder, lambda _done: None, threading.Event())


def test_once_the_log_fails_no_more_are_tried(room: Room) -> None:
    wanted = [(room.manifest, room.at(0))] * 3
    room.journal.refuses = LogUnwritable("The log cannot be written: the disk is full.", "Make room on the disk.")
    saved = room.stills.save_all(wanted, room.folder, lambda _done: None, threading.Event()).result(WAIT)
    assert (saved.saved, len(saved.failed), saved.left) == ((), 1, 2)
    assert room.files() == [] and room.entries() == []


@pytest.mark.parametrize("fidelity", list(Fidelity))
def test_a_still_is_never_a_proxy_whatever_the_tile_shows(room: Room, fidelity: Fidelity) -> None:
    picture = room.at(1_210_000)
    small = replace(picture, image=np.zeros((18, 32, 4), np.uint8), fidelity=fidelity)
    read = cv2.imdecode(np.frombuffer(room.save(small).path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None and np.array_equal(read, plain(ONE, 30))


def test_the_original_to_be_held_is_the_frame_of_full_size(room: Room) -> None:
    picture = room.at(1_210_000)
    reduced = replace(picture, state=TileState.LATE, late=Micros(80_000), fidelity=Fidelity.PROXY)
    held = room.stills.original("cam-a", reduced).result(WAIT)
    assert held.image is not None and np.array_equal(held.image[..., :3], plain(ONE, 30))
    assert (held.state, held.fidelity, held.late) == (TileState.PLAYING, Fidelity.ORIGINAL, 0)
    assert (held.part, held.pts, held.at, held.until) == (picture.part, picture.pts, picture.at, picture.until)
    assert room.files() == [] and room.entries() == []
    room.playback.cover()
    with pytest.raises(NotOnScreen):
        room.stills.original("cam-a", picture)


def test_what_is_held_can_be_saved_once_it_is_shown(room: Room) -> None:
    held = room.stills.original("cam-a", room.at(1_210_000)).result(WAIT)
    room.playback.set_held_size(640, 360)
    room.at(2_000_000)
    room.playback.compare("cam-a", held)
    with pytest.raises(NotOnScreen):
        room.save(held)
    room.playback.tick()
    wait([span.opened for spans in room.viewing._held.values() for span in spans], WAIT)
    wall = room.playback.tick()
    assert wall.held is not None and wall.held.picture is held
    room.playback.painted(wall)
    saved = room.save(held)
    assert room.entries() == [("cam-a", 0, held.pts, sha256(saved.path.read_bytes()).hexdigest())]


def test_pixels_that_are_not_square_are_held_as_they_are_meant_to_be_seen() -> None:
    image = np.zeros((2, 4, 4), np.uint8)
    image[:, 2:] = 200
    wide = _square(image, Fraction(2))
    assert wide.shape == (2, 8, 4) and (wide[:, 0] == 0).all() and (wide[:, -1] == 200).all()
    assert _square(image, Fraction(1)) is image
