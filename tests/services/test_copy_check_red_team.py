"""Whoever wants something to leave with a copy plants it in a good one, with the tools that everybody has; the check
refuses each, and says what it is."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reviewer.domain.redaction import MaskShape, MaskStyle, SoundWay, Withheld
from reviewer.domain.render import RenderPlan
from reviewer.domain.timebase import Micros, TimeRange
from reviewer.services.copy_check import Checked, check_copy
from tests.services.copy_site import (
    FRAMES,
    KEY,
    RATE,
    SOUND,
    Making,
    Sound,
    at,
    camera,
    edit,
    face,
    make,
    mask,
    plan,
    recording,
)

FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="the leak is planted with ffmpeg")


def checked(path: Path, wanted: RenderPlan) -> Checked:
    return check_copy(path, wanted, {KEY: camera()})


def problems(path: Path, wanted: RenderPlan) -> str:
    found = checked(path, wanted)
    assert found.problems and not found.checks and not found.good
    return "\n".join(found.problems)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the whole recording with a mask and a muted second."""
    return make(tmp_path_factory.mktemp("copies") / "good.mp4", WANTED, Making(hears=muted(1.0, 2.0)))


def muted(first: float, last: float, late: float = -0.05) -> Callable[[Sound], Sound]:
    """Silence for these seconds; `late` by so many, which is early in a good copy."""

    def hears(sound: Sound) -> Sound:
        sound[round((first + late) * SOUND) : round((last + 0.05) * SOUND)] = 0
        return sound

    return hears


WANTED = plan([mask()], [edit(SoundWay.MUTE, 1.0, 2.0)])


def edited(good: Path, into: Path, *arguments: str, more: tuple[str, ...] = ()) -> Path:
    """The good copy, changed by ffmpeg without coding it again. `more`: further inputs."""
    assert FFMPEG is not None
    quiet = [FFMPEG, "-v", "error", "-y", "-i", str(good), *more]
    subprocess.run([*quiet, "-c", "copy", *arguments, "-fflags", "+bitexact", str(into)], check=True, timeout=60)
    return into


# -- what is in the file besides the copy ----------------------------------------------------------------------------


def test_a_good_copy_passes(good: Path) -> None:
    shares: list[float] = []
    found = check_copy(good, WANTED, {KEY: camera()}, progress=shares.append)
    assert found.good and not found.problems
    assert any(f"{FRAMES} frames" in each for each in found.checks)
    assert shares == sorted(shares) and shares[-1] == 1.0


@needs_ffmpeg
def test_a_second_sound_track(good: Path, tmp_path: Path) -> None:
    leak = edited(good, tmp_path / "leak.mp4", "-map", "0:v", "-map", "0:a", "-map", "0:a")
    assert "The file carries a second sound track." in problems(leak, WANTED)


@needs_ffmpeg
def test_a_place_in_the_metadata(good: Path, tmp_path: Path) -> None:
    leak = edited(good, tmp_path / "leak.mp4", "-metadata", "location=+60.1699+024.9384/")
    assert "The file carries a place (GPS)" in problems(leak, WANTED)


@needs_ffmpeg
def test_a_place_in_quicktimes_own_atom(good: Path, tmp_path: Path) -> None:
    leak = edited(good, tmp_path / "leak.mov", "-metadata", "location=+60.1699+024.9384/")
    assert "The file carries a place (GPS) (box “moov/©xyz”)." in problems(leak, WANTED)


@needs_ffmpeg
def test_a_cover_picture(good: Path, tmp_path: Path) -> None:
    cover = ("-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.04")
    how = ("-map", "0", "-map", "1", "-c:v:1", "png", "-disposition:v:1", "attached_pic")
    assert "The file carries a cover picture" in problems(edited(good, tmp_path / "l.mp4", *how, more=cover), WANTED)


@needs_ffmpeg
def test_a_title(good: Path, tmp_path: Path) -> None:
    leak = edited(good, tmp_path / "leak.mp4", "-metadata", "title=Case 26-0613, Ms Salo")
    said = problems(leak, WANTED)
    assert "The file carries a title (box “moov/©nam”)." in said and "Salo" not in said


@needs_ffmpeg
def test_subtitles(good: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nHer name is Salo.\n", encoding="utf-8")
    leak = edited(good, tmp_path / "l.mp4", "-map", "0", "-map", "1", "-c:s", "mov_text", more=("-i", str(words)))
    assert "The file carries a subtitle stream." in problems(leak, WANTED)


@needs_ffmpeg
def test_chapters(good: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=Salo\n", encoding="utf-8")
    leak = edited(good, tmp_path / "l.mp4", "-map_metadata", "1", "-map", "0", more=("-i", str(names)))
    said = problems(leak, WANTED)
    assert "The file carries a text or chapter track." in said and "The file carries chapters" in said


@needs_ffmpeg
def test_a_time_code(good: Path, tmp_path: Path) -> None:
    leak = edited(good, tmp_path / "leak.mp4", "-timecode", "19:42:17:12")
    assert "The file carries a time code track." in problems(leak, WANTED)


@needs_ffmpeg
def test_when_it_was_made_and_by_what(good: Path, tmp_path: Path) -> None:
    assert FFMPEG is not None
    leak = tmp_path / "leak.mp4"
    when = ("-metadata", "creation_time=2026-06-13T19:42:17Z")
    subprocess.run([FFMPEG, "-v", "error", "-i", str(good), "-c", "copy", *when, str(leak)], check=True, timeout=60)
    said = problems(leak, WANTED)
    assert "The file says when it was made" in said and "the name of the program that made it" in said


def test_a_turn_for_players(good: Path, tmp_path: Path) -> None:
    """A quarter turn in the picture's track header (tkhd's matrix)."""
    data = bytearray(good.read_bytes())
    place = data.index(b"tkhd") + 4 + 40
    struct.pack_into(">9i", data, place, 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(bytes(data))
    assert "turned by a note for players" in problems(leak, WANTED)


@needs_ffmpeg
def test_the_encoders_notes_between_pictures(good: Path, tmp_path: Path) -> None:
    note = "h264_metadata=sei_user_data=086f3693b7b34f2c965321492feee5b8+Salo"
    leak = edited(good, tmp_path / "leak.mp4", "-bsf:v", note)
    assert "notes of its own (SEI user data)" in problems(leak, WANTED)


@needs_ffmpeg
def test_frames_that_an_edit_list_hides(good: Path, tmp_path: Path) -> None:
    """A player starts in the middle; the frames before are in the file all the same."""
    assert FFMPEG is not None
    leak = tmp_path / "leak.mp4"
    cut = [FFMPEG, "-v", "error", "-ss", "0.5", "-i", str(good), "-c", "copy", "-fflags", "+bitexact", str(leak)]
    subprocess.run(cut, check=True, timeout=60)
    assert problems(leak, replace(WANTED, stretches=(TimeRange(at(0.5), at(3)),)))


def test_words_in_the_padding(good: Path, tmp_path: Path) -> None:
    words = b"She lives at Kiviharjuntie 8."
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(good.read_bytes() + struct.pack(">I4s", 8 + len(words), b"free") + words)
    assert "hidden in the file’s padding" in problems(leak, WANTED)


def test_bytes_behind_the_last_box(good: Path, tmp_path: Path) -> None:
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(good.read_bytes() + b"Salo")
    assert "bytes behind the last box" in problems(leak, WANTED)


def test_bytes_behind_the_last_frame(good: Path, tmp_path: Path) -> None:
    """In `mdat`, where no track refers to them."""
    data = bytearray(good.read_bytes())
    place = data.rindex(b"mdat")
    (size,) = struct.unpack_from(">I", data, place - 4)
    assert place - 4 + size == len(data)
    struct.pack_into(">I", data, place - 4, size + 400)
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(bytes(data) + b"A frame of hers." * 25)
    assert "belong to no picture and no sound" in problems(leak, WANTED)


def test_a_private_box(good: Path, tmp_path: Path) -> None:
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(good.read_bytes() + struct.pack(">I4s", 32, b"uuid") + b"\x11" * 16 + b"GPS 60.2")
    assert "a box of a private kind" in problems(leak, WANTED)


@pytest.mark.parametrize("content", [b"", b"no video at all", b"\0" * 5000])
def test_what_is_no_copy_at_all(tmp_path: Path, content: bytes) -> None:
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(content)
    assert "cannot be read" in problems(leak, WANTED) or "bytes behind" in problems(leak, WANTED)


def test_half_a_copy(good: Path, tmp_path: Path) -> None:
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    assert problems(leak, WANTED)


def test_the_recording_itself(tmp_path: Path) -> None:
    leak = tmp_path / "leak.mp4"
    leak.write_bytes(recording())
    assert "does not hide what it should on" in problems(leak, WANTED)


# -- what is in the picture ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", MaskStyle)
@pytest.mark.parametrize("shape", MaskShape)
def test_a_good_mask_passes(tmp_path: Path, style: MaskStyle, shape: MaskShape) -> None:
    wanted = plan([mask(style, shape)], sound=False)
    found = checked(make(tmp_path / "good.mp4", wanted), wanted)
    assert found.problems == () and any("masks on 51 places" in each for each in found.checks)


@pytest.mark.parametrize("style", MaskStyle)
@pytest.mark.parametrize(("crf", "preset"), [(18, "medium"), (28, "veryfast")])
def test_a_good_mask_passes_however_it_is_coded(tmp_path: Path, style: MaskStyle, crf: int, preset: str) -> None:
    wanted = plan([mask(style, MaskShape.ELLIPSE)], sound=False)
    found = checked(make(tmp_path / "good.mp4", wanted, Making(crf=crf, preset=preset)), wanted)
    assert found.problems == ()


@pytest.mark.parametrize("style", MaskStyle)
def test_a_face_left_for_three_frames(tmp_path: Path, style: MaskStyle) -> None:
    wanted = plan([mask(style)], sound=False)
    leak = make(tmp_path / "leak.mp4", wanted, Making(masked_as=lambda n: -1 if 30 <= n < 33 else n))
    assert problems(leak, wanted) == "M1 (face) does not hide what it should on 3 frames, first at 0:01.200."


@pytest.mark.parametrize("frame", [10, 37, 60])
def test_a_face_left_for_one_frame(tmp_path: Path, frame: int) -> None:
    """The first of the mask, one in the middle, and its last."""
    wanted = plan([mask()], sound=False)
    leak = make(tmp_path / "leak.mp4", wanted, Making(masked_as=lambda n: -1 if n == frame else n))
    assert "M1 (face) does not hide what it should on 1 frame" in problems(leak, wanted)


@pytest.mark.parametrize("style", MaskStyle)
@pytest.mark.parametrize("late", [1, -1])
def test_a_mask_one_frame_late_or_early(tmp_path: Path, style: MaskStyle, late: int) -> None:
    wanted = plan([mask(style)], sound=False)
    leak = make(tmp_path / "leak.mp4", wanted, Making(masked_as=lambda n: max(0, n - late)))
    said = problems(leak, wanted)
    assert "M1 (face) does not hide what it should on 1 frame" in said
    assert "The picture is not the recording’s, outside of what is hidden, on 1 frame" in said


@pytest.mark.parametrize("style", MaskStyle)
def test_a_mask_late_only_where_it_moves(tmp_path: Path, style: MaskStyle) -> None:
    """It begins and ends in time."""
    wanted = plan([mask(style)], sound=False)
    leak = make(tmp_path / "leak.mp4", wanted, Making(masked_as=lambda n: n - 2 if 14 < n < 60 else n))
    assert "M1 (face)" in problems(leak, wanted)


def test_a_mask_beside_its_place(tmp_path: Path) -> None:
    wanted = plan([mask()], sound=False)
    leak = make(tmp_path / "leak.mp4", wanted, Making(masked_as=lambda n: min(n + 8, 60) if 10 <= n <= 60 else n))
    said = problems(leak, wanted)
    assert "M1 (face)" in said and "outside of what is hidden" in said


def test_a_mask_that_was_forgotten(tmp_path: Path) -> None:
    wanted = plan([mask()], sound=False)
    leak = make(tmp_path / "leak.mp4", plan(sound=False))
    assert "M1 (face) does not hide what it should on 51 frames, first at 0:00.400." in problems(leak, wanted)


def test_a_mask_that_nobody_asked_for(tmp_path: Path) -> None:
    leak = make(tmp_path / "leak.mp4", plan([mask()], sound=False))
    assert "outside of what is hidden, on 51 frames" in problems(leak, plan(sound=False))


def test_frames_in_another_order(tmp_path: Path) -> None:
    swapped = {30: 31, 31: 30}
    leak = make(tmp_path / "leak.mp4", plan(sound=False), Making(shows=lambda n: swapped.get(n, n)))
    assert "Another frame of the recording than it should be" in problems(leak, plan(sound=False))


def test_a_frame_that_stands_twice(tmp_path: Path) -> None:
    leak = make(tmp_path / "leak.mp4", plan(sound=False), Making(shows=lambda n: 29 if n == 30 else n))
    assert "Another frame of the recording than it should be" in problems(leak, plan(sound=False))


def test_another_stretch_of_the_recording(tmp_path: Path) -> None:
    leak = make(tmp_path / "leak.mp4", plan(sound=False), Making(shows=lambda n: (n + 12) % FRAMES))
    assert "The picture is not the recording’s" in problems(leak, plan(sound=False))


def test_more_frames_than_were_asked_for(tmp_path: Path) -> None:
    wanted = replace(plan(sound=False), stretches=(TimeRange(at(0), at(2)),))
    leak = make(tmp_path / "leak.mp4", plan(sound=False))
    assert "The file has 75 frames; its plan has 50." in problems(leak, wanted)


def test_what_is_withheld_stands_in_the_file(tmp_path: Path) -> None:
    held = Withheld("w", "r", KEY, at(1), at(2), number=1)
    wanted = plan(sound=False)
    wanted = replace(wanted, redaction=replace(wanted.redaction, withheld=(held,)), card=Micros(1_000_000))
    leak = make(tmp_path / "leak.mp4", plan(sound=False))
    assert "The file has 75 frames; its plan has 60." in problems(leak, wanted)


def test_footage_where_the_card_should_be(tmp_path: Path) -> None:
    """As many frames as planned, at other times: the card's ten are the first of what it stands for."""
    held = Withheld("w", "r", KEY, at(1), at(1.4), number=1)
    wanted = replace(plan(sound=False), card=Micros(400_000))
    wanted = replace(wanted, redaction=replace(wanted.redaction, withheld=(held,)))
    leak = make(
        tmp_path / "leak.mp4", plan(sound=False), Making(leaves_out=lambda n: 25 <= n < 35 and n % 5 not in (0, 2))
    )
    assert "A card is no card: it shows a picture" in problems(leak, wanted)


# -- what is heard ---------------------------------------------------------------------------------------------------


def test_the_first_twenty_milliseconds_are_not_muted(tmp_path: Path) -> None:
    wanted = plan([], [edit(SoundWay.MUTE, 1.0, 2.0)])
    leak = make(tmp_path / "leak.mp4", wanted, Making(hears=muted(1.0, 2.0, late=0.02)))
    assert problems(leak, wanted) == "Sound is heard where S1 mutes it, in 1 place, first at 0:01.000."


def test_a_tone_is_only_a_tone(tmp_path: Path) -> None:
    wanted = plan([], [edit(SoundWay.TONE, 1.0, 2.0)])
    assert checked(make(tmp_path / "good.mp4", wanted, Making(hears=tone(0.0))), wanted).problems == ()
    leak = make(tmp_path / "leak.mp4", wanted, Making(hears=tone(0.1)))
    assert "More than a tone is heard where S1 is" in problems(leak, wanted)


def tone(under: float) -> Callable[[Sound], Sound]:
    """1 kHz instead, with so much of the speech beneath it."""

    def hears(sound: Sound) -> Sound:
        place = slice(round(0.95 * SOUND), round(2.05 * SOUND))
        wave = 0.1 * np.sin(2 * np.pi * 1000 / SOUND * np.arange(place.start, place.stop))
        sound[place] = (wave + under * sound[place]).astype(np.float32)
        return sound

    return hears


def test_a_voice_that_was_not_changed(tmp_path: Path) -> None:
    wanted = plan([], [edit(SoundWay.VOICE, 1.0, 2.0)])
    leak = make(tmp_path / "leak.mp4", wanted)
    assert "The voice is the recording’s own where S1 changes a voice" in problems(leak, wanted)


def test_sound_from_elsewhere_in_the_recording(tmp_path: Path) -> None:
    leak = make(tmp_path / "leak.mp4", plan(), Making(hears=lambda sound: np.roll(sound, SOUND // 10)))
    assert "The sound is not the recording’s" in problems(leak, plan())


def test_sound_where_none_was_asked_for(good: Path) -> None:
    assert "was to have none" in problems(good, replace(WANTED, sound=False))


def test_the_face_of_the_tests_moves() -> None:
    assert face(1) != face(0) and FRAMES / RATE == 3
