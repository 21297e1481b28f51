from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.intake.base import NoteKind
from tests.intake.looking import footage, look, only, parts, put, texts


def chapters(folder: Path, names: list[str], *, seconds: int = 300, gap: int = 0, written: bool = False) -> None:
    """Files that follow each other from 19:00 on, told by their headers or by when they were written."""
    for i, name in enumerate(names):
        start = i * (seconds + gap)
        end = start + seconds

        def clock(at: int) -> str:
            return f"2026-06-13T{19 + at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z"

        if written:
            put(folder / name, footage(seconds), clock(end))
        else:
            put(folder / name, footage(seconds, clock(start)), "2026-06-14T08:00:00Z")


@pytest.mark.parametrize("written", [False, True])
def test_numbered_files_that_follow_each_other_are_one_recording(tmp_path: Path, written: bool) -> None:
    chapters(tmp_path / "DCIM" / "100MEDIA", ["MOVI0007.mov", "MOVI0008.mov", "MOVI0009.mov"], written=written)
    found = only(look(tmp_path))
    assert parts(found) == [("MOVI0007.mov", 0), ("MOVI0008.mov", 300), ("MOVI0009.mov", 600)]
    assert found.source == "camera folder"
    said = texts(found, NoteKind.GUESSED, "parts")
    assert said == ["3 files follow each other as parts of one recording, by their numbers and times."]


def test_a_recording_goes_on_in_the_next_folder_of_dcim(tmp_path: Path) -> None:
    chapters(tmp_path / "all", ["CAM_9998.MP4", "CAM_9999.MP4"])
    for name, folder in (("CAM_9998.MP4", "100CAMRA"), ("CAM_9999.MP4", "101CAMRA")):
        content = (tmp_path / "all" / name).read_bytes()
        put(tmp_path / "card" / "DCIM" / folder / name, content)
    assert len(only(look(tmp_path / "card")).parts) == 2


def test_numbers_alone_join_nothing(tmp_path: Path) -> None:
    chapters(tmp_path, ["V_001.mp4", "V_002.mp4"], gap=20)
    assert [len(r.parts) for r in look(tmp_path).recordings] == [1, 1]


def test_a_missing_number_ends_a_recording(tmp_path: Path) -> None:
    chapters(tmp_path, ["V_001.mp4", "V_002.mp4", "V_003.mp4"])
    (tmp_path / "V_002.mp4").unlink()
    assert [len(r.parts) for r in look(tmp_path).recordings] == [1, 1]


def test_short_clips_are_never_parts_unless_their_names_say_so(tmp_path: Path) -> None:
    chapters(tmp_path, ["V_001.mp4", "V_002.mp4"], seconds=2)
    chapters(tmp_path, ["niemi_part1.mp4", "niemi_part2.mp4"], seconds=2)
    found = look(tmp_path).recordings
    assert sorted(len(r.parts) for r in found) == [1, 1, 2]


def test_parts_by_name_keep_their_gap_and_say_it(tmp_path: Path) -> None:
    chapters(tmp_path, ["B2-part1.mp4", "B2-part2.mp4"], seconds=100, gap=50)
    found = only(look(tmp_path))
    assert parts(found) == [("B2-part1.mp4", 0), ("B2-part2.mp4", 150)]
    assert any("50 s before B2-part2.mp4 were not recorded" in t for t in texts(found, NoteKind.GUESSED, "parts"))


def test_the_first_part_is_missed(tmp_path: Path) -> None:
    chapters(tmp_path, ["B2_part2.mp4", "B2_part3.mp4"], seconds=100)
    assert texts(only(look(tmp_path)), NoteKind.MISSING, "parts") == ["The parts before B2_part2.mp4 are not here."]


def test_names_with_the_time_of_each_file(tmp_path: Path) -> None:
    names = ["20260613_190000.mp4", "20260613_190500.mp4", "20260613_201000.mp4"]
    for name in names:
        put(tmp_path / "DCIM" / "100EVENT" / name, footage(300), "2026-06-14T08:00:00Z")
    found = look(tmp_path).recordings
    assert [parts(r) for r in found] == [[(names[0], 0), (names[1], 300)], [(names[2], 0)]]


def test_two_cameras_in_one_folder_stay_two(tmp_path: Path) -> None:
    put(tmp_path / "C_001.mp4", footage(300, "2026-06-13T19:00:00Z", "Axon", "Body 3"))
    put(tmp_path / "C_002.mp4", footage(300, "2026-06-13T19:05:00Z", "Motorola", "V300"))
    assert [len(r.parts) for r in look(tmp_path).recordings] == [1, 1]


def test_folders_between_say_whose_it_may_be(tmp_path: Path) -> None:
    put(tmp_path / "dock" / "2214 Niemi" / "DCIM" / "100MEDIA" / "A1.mp4", footage())
    assert only(look(tmp_path / "dock")).hints == ("2214 Niemi", "dock")


def test_several_makes_in_one_tree(tmp_path: Path) -> None:
    """Toronto: three makes of camera at once, each by what it leaves."""
    put(tmp_path / "gopro" / "GX010007.MP4", footage(60, make="GoPro"))
    put(tmp_path / "gopro" / "GX020007.MP4", footage(60, make="GoPro"))
    axis = tmp_path / "axis" / "u1_AC1_20260613T194217Z"
    put(axis / "20260613_194217_r1.mkv", footage())
    chapters(tmp_path / "third" / "DCIM" / "100MEDIA", ["M0001.avi", "M0002.avi"])
    put(tmp_path / "third" / "DCIM" / "100MEDIA" / "M0001.THM", b"jpeg")
    put(tmp_path / "third" / "readme.pdf", b"pdf")
    found = look(tmp_path)
    assert {(r.source, len(r.parts)) for r in found.recordings} == {("GoPro", 2), ("Axis", 1), ("camera folder", 2)}
    assert {(a.path.name, a.why) for a in found.aside} == {
        ("M0001.THM", "a thumbnail that the camera made"),
        ("readme.pdf", "no footage"),
    }
