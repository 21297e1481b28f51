"""Whatever lies in a tree, and whatever of it is missing or broken: every file is claimed, refused or left, once."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.intake.base import Survey
from tests.intake.looking import footage, look, put

AXIS = "u1_AC1_20260613T194217Z"
SIDECAR = {
    "officer": "A. Niemi",
    "clock": {"started_at": "2026-06-13T19:42:17Z"},
    "parts": [
        {"file": "B2_1.mp4", "started_at": "2026-06-13T19:42:17Z"},
        {"file": "B2_2.mp4", "started_at": "2026-06-13T19:45:17Z"},
    ],
    "stills": [{"file": "B2_s1.jpg"}],
    "tracks": [{"file": "B2.csv", "format": "csv"}],
}
PICTURE = b"\xff\xd8\xff\xe0 picture"
EVERYTHING: dict[str, bytes] = {
    "dock/B2.camera.json": json.dumps(SIDECAR).encode(),
    "dock/B2_1.mp4": footage(60),
    "dock/B2_2.mp4": footage(60),
    "dock/B2_s1.jpg": PICTURE,
    "dock/B2.csv": b"utc,lat,lon\n",
    "gopro/GX010007.MP4": footage(60, make="GoPro"),
    "gopro/GX020007.MP4": footage(60, make="GoPro"),
    "gopro/GX020007.LRV": b"small",
    f"axis/{AXIS}/20260613_194217_r1.mkv": footage(60),
    f"axis/{AXIS}/20260613_194317_r1.mkv": footage(60),
    f"axis/{AXIS}/20260613_194217_r1.key": b"{}",
    f"axis/{AXIS}/{AXIS}.metadata.json": b'{"Status": "Complete", "Userid": "u1"}',
    f"axis/{AXIS}/x_gpstrail.json": b'{"CoordinateEntries": []}',
    f"axis/{AXIS}/bookmark_1": b"words",
    "axis/Users/Users.u1.metadata.json": b'{"Name": "A. Niemi"}',
    "axis/Users/u1": b"",
    "phone/VID_20260613_224217.mp4": footage(60, "2026-06-13T19:42:17Z"),
    "phone/VID_20260613_230000.mp4": footage(60, "2026-06-13T20:00:00Z"),
    "phone/gps/shift.gpx": b"<gpx/>",
    "phone/VID_20260613_230000.nmea": b"$GPRMC",
    "cam/2214/DCIM/100MEDIA/M0001.mov": footage(300, "2026-06-13T19:00:00Z"),
    "cam/2214/DCIM/100MEDIA/M0002.mov": footage(300, "2026-06-13T19:05:00Z"),
    "cam/2214/DCIM/101MEDIA/M0003.mov": footage(300, "2026-06-13T19:10:00Z"),
    "cam/2214/DCIM/101MEDIA/P0004.JPG": PICTURE,
    "cam/2214/DCIM/100MEDIA/M0001.THM": b"small",
    "loose/a_part1.ts": footage(10),
    "loose/a_part2.ts": footage(10),
    "loose/b.mp4": footage(10),
    "loose/b.json": b'{"officer": "X"}',
    "loose/b.srt": b"1\n",
    "loose/c.avi": b"text",
    "loose/c.gpx": b"<gpx/>",
    "loose/lone.kml": b"<kml/>",
    "loose/notes.txt": b"words",
    "loose/empty.png": b"",
}


def files_of(found: Survey) -> Counter[Path]:
    """How often each file is claimed, refused or put aside. A track of a shift may be handed to several recordings."""
    seen: Counter[Path] = Counter()
    for recording in found.recordings:
        seen.update(part.path for part in recording.parts)
        seen.update(still.path for still in recording.stills)
        seen.update(t.path for t in recording.tracks if t.path is not None and not t.shared)
    shared = {t.path for r in found.recordings for t in r.tracks if t.path is not None and t.shared}
    seen.update(shared)
    seen.update(a.path for a in found.aside)
    seen.update({r.path for r in found.refused})
    return seen


def lay_out(folder: Path, names: Iterable[str], broken: Iterable[str] = ()) -> None:
    for name in names:
        put(folder / name, EVERYTHING[name])
    for name in broken:
        put(folder / name, b"broken")


def check(folder: Path) -> Survey:
    """Survey a folder and hold it against what lies there. Sidecars that were read are in no list."""
    found = look(folder)
    there = {p for p in folder.rglob("*") if p.is_file() and not p.is_symlink()}
    seen = files_of(found)
    described = {p for p in there if p.name.endswith(".camera.json") or p.suffix == ".json"}
    assert there - described <= seen.keys()
    assert {p: n for p, n in seen.items() if n > 1} == {}
    for refusal in found.refused:
        assert refusal.error.message.endswith(".")
        assert refusal.error.next_step.endswith(".")
        assert "\n" not in refusal.error.message
    for recording in found.recordings:
        offsets = [part.offset for part in recording.parts]
        assert offsets == sorted(offsets)
        assert recording.parts or recording.stills
        assert recording.notes
    return found


def test_all_of_it(tmp_path: Path) -> None:
    lay_out(tmp_path, EVERYTHING)
    found = check(tmp_path)
    assert Counter((r.source, len(r.parts)) for r in found.recordings) == {
        ("dock sidecar", 2): 1,
        ("GoPro", 2): 1,
        ("Axis", 2): 1,
        ("phone export", 1): 2,
        ("camera folder", 3): 1,
        ("camera folder", 2): 1,
        ("files", 1): 1,
        ("files", 0): 1,
    }
    assert sorted(r.path.name for r in found.refused) == ["c.avi", "empty.png", "lone.kml"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_part_of_it(data: st.DataObject) -> None:
    names = sorted(EVERYTHING)
    there = data.draw(st.sets(st.sampled_from(names), min_size=1))
    broken = data.draw(st.sets(st.sampled_from(sorted(there)), max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), there, broken)
        check(Path(folder))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "DCIM/100MEDIA", "gps", AXIS, "Users"]),
            st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_ -]{0,19}", fullmatch=True),
            st.sampled_from([".mp4", ".MOV", ".mkv", ".jpg", ".gpx", ".json", ".camera.json", ".key", ""]),
            st.sampled_from([footage(), footage(300, "2026-06-13T19:00:00Z"), PICTURE, b"", b"{}", b"broken"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_names_at_all(files: list[tuple[str, str, str, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for where, name, suffix, content in files:
            path = folder / where / f"{name}{suffix}"
            if not path.name.startswith(".") and not path.is_dir():
                put(path, content)
        check(folder)


def test_what_is_no_plain_file_is_never_opened(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4", footage())
    secret = put(tmp_path.parent / "secret.mp4", footage())
    (tmp_path / "link.mp4").symlink_to(secret)
    (tmp_path / "folder").symlink_to(tmp_path.parent)
    os.mkfifo(tmp_path / "pipe.mp4")
    found = look(tmp_path)
    assert [r.name for r in found.recordings] == ["a"]
    assert {a.path.name for a in found.aside} == {"link.mp4", "pipe.mp4"}
