"""A stretch of a part as a file of its own frames, and the check that finds what is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import av
import numpy as np
import pytest

from reviewer.domain.errors import Cancelled, UnreadableMedia
from reviewer.domain.timebase import Micros
from reviewer.media import remux
from reviewer.media.clip_check import ClipCheck, check_clip
from reviewer.media.remux import Kept
from tests.media.footage import clip
from tests.services.still_room import turned

START, END = Micros(600_000), Micros(1_400_000)
KINDS = {
    "plain": clip(),
    "reordered, with sound": clip(b_frames=2, tone=True),
    "matroska": clip(container="matroska", b_frames=2, tone=True),
    "uneven": clip((*range(10), *range(15, 70, 2)), b_frames=2),
    "an edit list cuts its begin off": clip(b_frames=2, shift=-5),
    "turned": turned(clip(), 90),
}


def cut(data: bytes, start: Micros = START, end: Micros = END, *, tags: bool = False) -> tuple[bytes, Kept]:
    out, kept = io.BytesIO(), None
    for piece in remux.pieces(partial(io.BytesIO, data), start, end, tags=tags):
        out.seek(piece.at)
        out.write(piece.data)
        kept = piece.kept or kept
    remux.tidy(out)
    assert kept is not None
    return out.getvalue(), kept


def problems(
    made: bytes, original: bytes, kept: Kept, start: Micros = START, end: Micros = END, *, tags: bool = False
) -> tuple[str, ...]:
    found, checks = check_clip(
        partial(io.BytesIO, made), partial(io.BytesIO, original), ClipCheck(start, end, kept, tags)
    )
    assert bool(found) != bool(checks)
    return found


def packets(data: bytes, which: str) -> list[bytes]:
    with av.open(io.BytesIO(data)) as file:
        return [bytes(p) for p in file.demux(file.streams.get({which: 0})) if p.size]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("start", "end"), [(START, END), (Micros(0), Micros(9_000_000)), (Micros(1_000_000),) * 2])
def test_a_clip_is_the_recordings_own_packets_at_their_own_times(kind: str, start: Micros, end: Micros) -> None:
    data, end = KINDS[kind], Micros(max(end, start + 1))
    made, kept = cut(data, start, end)
    assert problems(made, data, kept, start, end) == ()
    ours, theirs = packets(made, "video"), packets(data, "video")
    assert len(ours) == kept.before + kept.frames + kept.after
    at = theirs.index(ours[0])
    assert ours == [p for p in theirs[at:] if p in ours]
    with av.open(io.BytesIO(made)) as file, av.open(io.BytesIO(data)) as original:
        shown = [frame.to_ndarray(format="gray") for frame in file.decode(video=0)]
        assert len(shown) == len(ours), "no frame of it is hidden"
        every = [frame.to_ndarray(format="gray") for frame in original.decode(video=0)]
    assert any(np.array_equal(shown[kept.before], each) for each in every)


def test_it_says_beforehand_which_frames_are_kept() -> None:
    found = remux.look(partial(io.BytesIO, KINDS["reordered, with sound"]), START, END)
    assert (found.why, found.before, found.frames, found.first, found.end) == ("", 3, 20, 480_000, 1_400_000)


def test_a_frame_that_stands_at_the_start_is_the_first_one() -> None:
    made, kept = cut(KINDS["uneven"], Micros(500_000), Micros(700_000))
    assert problems(made, KINDS["uneven"], kept, Micros(500_000), Micros(700_000)) == ()
    assert kept.frames == 3  # of 360 ms, in view at 500, then those of 600 and 680


@pytest.mark.parametrize("container", ["avi", "mpegts"])
def test_what_cannot_be_cut_says_why(container: str) -> None:
    source = partial(io.BytesIO, clip(container=container))
    assert "cannot be cut between its frames" in remux.look(source, START, END).why
    with pytest.raises(UnreadableMedia, match="cannot be cut"):
        list(remux.pieces(source, START, END))


def test_nothing_of_it_is_there() -> None:
    with pytest.raises(UnreadableMedia, match="no picture in this stretch"):
        remux.look(partial(io.BytesIO, clip()), Micros(-9_000_000), Micros(-8_000_000))


def test_it_can_be_stopped() -> None:
    with pytest.raises(Cancelled):
        list(remux.pieces(partial(io.BytesIO, clip()), START, END, cancelled=lambda: True))


def test_the_files_own_words_come_along_only_if_they_are_asked_for() -> None:
    data = _with(clip(b_frames=2, tone=True), _titled)
    plain, kept = cut(data)
    assert problems(plain, data, kept) == () and b"Mikonkatu" not in plain and b"udta" not in plain
    told, kept = cut(data, tags=True)
    assert b"Mikonkatu" in told
    assert problems(told, data, kept, tags=True) == ()
    assert "It says more than it may: title." in problems(told, data, kept)


# What the check finds

Change = Callable[[av.container.InputContainer, av.container.OutputContainer], None]


def _with(data: bytes, change: Change) -> bytes:
    """A copy of a file with something changed on the way."""
    out = io.BytesIO()
    with av.open(io.BytesIO(data)) as source, av.open(out, "w", format="mp4") as file:
        change(source, file)
    return out.getvalue()


def _copy(
    source: av.container.InputContainer,
    file: av.container.OutputContainer,
    *,
    leave_out: int = -1,
    late: int = 0,
    spoil: int = -1,
    sound: bool = True,
    twice: str = "",
) -> None:
    """Packet by packet; of the picture one left out, or one byte of one changed, or all from the fifth on later."""
    wanted = [s for s in source.streams if sound or s.type == "video"]
    new = {s.index: [file.add_stream_from_template(s) for _ in range(1 + (s.type == twice))] for s in wanted}
    count = 0
    for packet in source.demux(wanted):
        if not packet.size:
            continue
        is_picture = packet.stream.type == "video"
        count += is_picture
        if is_picture and count - 1 == leave_out:
            continue
        body = bytearray(bytes(packet))
        if is_picture and count - 1 == spoil:
            body[-1] ^= 1
        for stream in new[packet.stream.index]:
            made = av.Packet(bytes(body))
            made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
            made.is_keyframe = packet.is_keyframe
            if is_picture and count > 5:
                made.pts, made.dts = made.pts + late, made.dts + late
            made.stream = stream
            file.mux(made)


def _titled(source: av.container.InputContainer, file: av.container.OutputContainer) -> None:
    file.metadata["title"] = "Mikonkatu"
    _copy(source, file)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_titled, "says more than it may"),
        (partial(_copy, leave_out=6), "not the recording’s own"),
        (partial(_copy, spoil=7), "not the recording’s own"),
        (partial(_copy, late=512), "do not stand at their own times"),
        (partial(_copy, sound=False), "sound is missing"),
        (partial(_copy, twice="audio"), "a stream of audio"),
        (partial(_copy, twice="video"), "a stream of video"),
    ],
)
def test_the_check_refuses_what_is_not_the_recording(change: Change, says: str) -> None:
    data = KINDS["reordered, with sound"]
    made, kept = cut(data)
    assert says in " ".join(problems(_with(made, change), data, kept))


def test_the_check_refuses_another_stretch_and_frames_that_are_missing() -> None:
    data = KINDS["reordered, with sound"]
    made, kept = cut(data)
    later = Micros(END + 400_000)
    assert "missing" in " ".join(problems(made, data, kept, START, later))
    other = clip(b_frames=2, size=(160, 90), gop=10)
    assert problems(made, other, kept)


def test_the_check_refuses_what_is_no_file() -> None:
    data = KINDS["plain"]
    _made, kept = cut(data)
    assert "cannot be read again" in problems(b"no file", data, kept)[0]
