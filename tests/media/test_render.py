"""Files that are rendered: the right frames at the right times, hidden where they are to be, and nothing else in them.

Real encoders; what comes out is read by FFmpeg's own programs.
"""

from __future__ import annotations

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Keyframe, MaskShape, MaskStyle, Redaction, SoundEdit, SoundWay, Withheld
from reviewer.domain.render import Layout, Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.timebase import SECOND, Micros, TimeRange, parse_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.media import render
from reviewer.media.masked_sound import CONTEXT, change_voice
from reviewer.media.masking import SOLID_BGR
from reviewer.media.render_encode import Pictures
from reviewer.media.schedule import Kind as SchedKind
from reviewer.media.schedule import Passage, schedule, time_base
from tests.media.footage import clip, pattern
from tests.media.rendering import at, box, camera_of, heard, pictures, probed, rendered, span, times_of
from tests.media.test_proxy import coded

SIZE = (320, 180)


def copy(redaction: Redaction = Redaction(), **more: object) -> RenderPlan:  # noqa: B008 - frozen
    return RenderPlan(Purpose.DISCLOSURE, (), redaction, recording="one", preset="ultrafast", **more)  # type: ignore[arg-type]


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """Mean difference of two grey pictures."""
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_copy_has_every_frame_at_its_own_time_and_nothing_but_picture_and_sound(tmp_path: Path) -> None:
    data = clip(pattern([1, 1, 3, 1, 2] * 20), size=SIZE, tone=True, b_frames=2)
    camera = camera_of(tmp_path, "one", data)
    path = rendered(copy(crf=10), tmp_path, camera)
    times = times_of(camera)
    wanted = list(schedule(copy(), times))
    found = probed(path)
    shown = [frame for frame in found["frames"] if frame["media_type"] == "video"]
    base = time_base(copy(), times)
    assert [int(f["pts"]) for f in shown] == [f.pts for f in wanted]
    assert Fraction(found["streams"][0]["time_base"]) == base
    assert [s["codec_name"] for s in found["streams"]] == ["h264", "aac"]
    originals = pictures(tmp_path / "one.0.mp4")
    assert all(alike(a, b) < 3 for a, b in zip(originals, pictures(path), strict=True))
    assert set(found["format"]["tags"]) == {"major_brand", "minor_version", "compatible_brands"}
    whole = path.read_bytes()
    assert b"x264" not in whole and b"Lav" not in whole and b"udta" not in whole and b"Handler" not in whole
    assert not any(frame.get("side_data_list") for frame in shown)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_sound_stands_where_it_did(tmp_path: Path) -> None:
    camera = camera_of(tmp_path, "one", clip(tone=True))
    path = rendered(copy(stretches=(span(0.4, 2.0),)), tmp_path, camera)
    original, found = heard(tmp_path / "one.0.mp4")[19_200:], heard(path)
    assert len(found) == pytest.approx(1.6 * 48_000, abs=1_100)
    assert np.corrcoef(original[2_000:60_000, 0], found[2_000:60_000, 0])[0, 1] > 0.99


@pytest.mark.parametrize("style", [*MaskStyle])
@pytest.mark.parametrize("shape", [*MaskShape])
def test_a_masked_place_is_hidden_on_its_frames_and_on_no_other(
    tmp_path: Path, style: MaskStyle, shape: MaskShape
) -> None:
    points = (Spot(300_000, 300_000), Spot(700_000, 300_000), Spot(500_000, 800_000))
    corners = points if shape is MaskShape.POLYGON else (Spot(300_000, 300_000), Spot(700_000, 800_000))
    mask = box("one", 0.4, 1.6, style, shape, corners)
    path = rendered(copy(Redaction((mask,)), crf=12), tmp_path, camera_of(tmp_path, "one", clip(size=SIZE)))
    originals, found = pictures(tmp_path / "one.0.mp4"), pictures(path)
    inside = np.s_[70:100, 145:175]  # well within each of the shapes
    changed: list[float] = []
    for n, (before, after) in enumerate(zip(originals, found, strict=True)):
        if not 10 <= n < 40:  # frames of 0.4 s to before 1.6 s
            assert alike(before[inside], after[inside]) < 6
            continue
        assert alike(before[:40], after[:40]) < 6
        if style is MaskStyle.SOLID:
            assert abs(after[inside].astype(int) - SOLID_BGR[0]).max() <= 6
        changed.append(alike(before[inside], after[inside]))
    assert len(changed) == 30 and np.mean(changed) > 5


def test_a_mask_that_moves_is_on_its_frame_not_one_late(tmp_path: Path) -> None:
    mask = box("one", 0, 2)
    path = tuple(
        Keyframe(at(n * 0.04), (Spot(20_000 * n, 200_000), Spot(20_000 * n + 100_000, 800_000)), hidden=n % 2 == 1)
        for n in range(40)
    )
    plan = copy(Redaction((replace(mask, frames=path),)), crf=8)
    found = pictures(rendered(plan, tmp_path, camera_of(tmp_path, "one", clip(size=SIZE))))
    originals = pictures(tmp_path / "one.0.mp4")
    for n in range(40):
        here = np.s_[60:120, round(SIZE[0] * 0.02 * n) + 2 : round(SIZE[0] * (0.02 * n + 0.1)) - 2]
        assert (alike(originals[n][here], found[n][here]) < 8) == (n % 2 == 1)


def test_muted_is_silent_and_a_tone_is_a_tone(tmp_path: Path) -> None:
    edits = tuple(
        SoundEdit(f"s{n}", "r1", "one", at(start), at(end), way)
        for n, (start, end, way) in enumerate([(0.5, 0.9, SoundWay.MUTE), (1.2, 1.6, SoundWay.TONE)])
    )
    path = rendered(copy(Redaction(sounds=edits)), tmp_path, camera_of(tmp_path, "one", clip(tone=True)))
    found = heard(path)
    assert np.abs(found[24_000:43_200]).max() < 10 ** (-60 / 20)
    spectrum = np.abs(np.fft.rfft(found[57_600:76_800, 0] * np.hanning(19_200)))
    assert abs(int(spectrum.argmax()) * 2.5 - 1000) <= 2.5
    assert spectrum[round(440 / 2.5) - 4 : round(440 / 2.5) + 4].max() < spectrum.max() / 1000
    assert np.abs(found[5_000:20_000]).max() > 0.3


def test_what_is_withheld_is_a_card_and_silence(tmp_path: Path) -> None:
    gone = Withheld("w", "r1", "one", at(0.8), at(1.6), "third")
    path = rendered(copy(Redaction(withheld=(gone,))), tmp_path, camera_of(tmp_path, "one", clip(size=SIZE, tone=True)))
    found = pictures(path)
    assert len(found) == 20 + 30 + 20
    card = found[20:50]
    assert all(alike(card[0], each) < 1 for each in card) and np.median(card[0]) < 30 and card[0].max() > 150
    assert np.abs(heard(path)[int(0.85 * 48_000) : int(3.7 * 48_000)]).max() < 0.001


def test_cards_say_when_in_the_zone_of_their_plan() -> None:
    cut = Withheld("w", "r1", "one", at(0), at(90), "third")
    passage = Passage(SchedKind.WITHHELD, Micros(0), Micros(3), range=cut.range, withheld=(cut,))
    plan = RenderPlan(Purpose.DISCLOSURE, recording="one")
    said = [render.card_lines(replace(plan, zone=zone), passage, {"third": "Third party"}) for zone in (None, HERE)]
    assert said[0] == ("Withheld", "13 Jun 2026 19:42:17 – 19:43:47 UTC (1 min 30 s)", "Third party")
    assert said[1][1] == "13 Jun 2026 22:42:17 – 22:43:47 UTC+3 (1 min 30 s)"
    with pytest.raises(ReviewerError, match="no time zone"):
        render.card_lines(replace(plan, zone="Nowhere/Town"), passage, {})
    night = TimeRange(parse_rfc3339("2026-10-25T00:59:00Z"), parse_rfc3339("2026-10-25T01:01:00Z"))
    said_so = "25 Oct 2026 03:59:00 UTC+3 – 03:01:00 UTC+2 (2 min 0 s)"
    assert render.span_words(night, LocalZone.named(HERE)) == said_so  # clocks went back meanwhile


HERE = "Europe/Helsinki"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_recording_comes_out_upright(tmp_path: Path, turn: int) -> None:
    data = coded(tuple(range(20)), (320, 240), turn=turn)
    mask = box("one", 0, 5, points=(Spot(0, 0), Spot(250_000, 250_000)))
    path = rendered(copy(Redaction((mask,))), tmp_path, camera_of(tmp_path, "one", data))
    found = probed(path)["streams"][0]
    assert (found["width"], found["height"]) == ((240, 320) if turn % 180 else (320, 240))
    assert "side_data_list" not in found
    corner = {90: np.s_[4:50, -50:-4], 180: np.s_[-50:-4, -70:-4], 270: np.s_[-70:-4, 4:50]}[turn]
    assert abs(pictures(path)[10][corner].astype(int) - SOLID_BGR[0]).max() <= 8


def test_colours_stay_marked_as_they_were(tmp_path: Path) -> None:
    for marks, pix in (((1, 1, 1), "yuv420p"), ((5, 6, 6), "yuvj420p")):
        folder = tmp_path / pix
        folder.mkdir()
        camera = camera_of(folder, "one", coded(tuple(range(10)), (320, 180), pix=pix, marks=marks))
        found = probed(rendered(copy(), folder, camera))["streams"][0]
        before = probed(folder / "one.0.mp4")["streams"][0]
        names = ("color_range", "color_space", "color_primaries", "color_transfer")
        assert [found.get(n) for n in names] == [before.get(n) for n in names]


def scene(seconds: float, *recordings: str, layout: Layout = Layout.ONE, **more: object) -> Scene:
    sources = tuple(SceneSource(r, at(0.2), f"Officer {r}") for r in recordings)
    return Scene(Micros(round(seconds * SECOND)), sources, layout, **more)  # type: ignore[arg-type]


def test_a_reel_has_cards_split_screens_questions_and_words(tmp_path: Path) -> None:
    one, two = (camera_of(tmp_path, key, clip(size=SIZE, tone=True)) for key in ("one", "two"))
    scenes = (
        Scene(Micros(SECOND), lines=("Distance, words, aid", "Module 4")),
        scene(1, "one", title="First", caption="A caption"),
        scene(1, "one", title="First", caption="What would you say next?", holds=True),
        scene(1, "one", "two", layout=Layout.SIDE, title="Two cameras"),
        scene(3, "one", "two", "one", layout=Layout.QUAD, title="Past the end of both"),
    )
    plan = RenderPlan(Purpose.REEL, scenes, rate=Rate(30, 1), width=640, height=360, bars=True, preset="ultrafast")
    path = rendered(plan, tmp_path, one, two)
    found = pictures(path)
    assert len(found) == 7 * 30 and probed(path)["streams"][0]["avg_frame_rate"] == "30/1"
    assert alike(found[62], found[88]) < 1.5 < alike(found[32], found[58])
    assert np.abs(heard(path)[int(2.1 * 48_000) : int(2.9 * 48_000)]).max() < 0.001
    assert found[100][120:240, 20:300].std() > 20 and found[100][120:240, 340:620].std() > 20
    assert found[-1][60:180, 20:300].std() < 40  # both ended: words instead of a picture


def test_one_camera_without_bars_goes_to_the_encoder_as_it_is(tmp_path: Path) -> None:
    camera = camera_of(tmp_path, "one", coded(tuple(range(30)), (320, 180), marks=(1, 1, 1)))
    times = times_of(camera)
    plan = RenderPlan(Purpose.REEL, (scene(0.8, "one"),), rate=Rate(25, 1), preset="ultrafast")
    index = times["one"].indexes[0]
    assert index is not None
    look = render.Look(320, 180, "yuv420p", 1, 1, 1, 1, 0)
    target = render.target_of(plan, times, look, Fraction(1))
    order = render.order(plan, times, target, 0, {("one", 0): camera.parts[0].source()}, 1, {})
    made = Pictures(order)
    for frame in order.frames:
        picture = made.of(frame)
        kept = made._parts["one", 0].at(frame.sources[0].frame)  # the decoder's own
        assert kept is not None and picture is kept[1]
    made.close()


def test_stretches_made_apart_are_one_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "STRETCH", Micros(700_000))
    data = clip(pattern([1, 2, 1, 3] * 15), size=SIZE, tone=True, b_frames=2)
    camera = camera_of(tmp_path, "one", data)
    plan = RenderPlan(Purpose.DISCLOSURE, recording="one", preset="medium", crf=14)
    path = rendered(plan, tmp_path, camera)
    assert len(list((tmp_path / "spool").glob("stretch.*.head"))) == 7
    found = probed(path)
    shown = [int(f["pts"]) for f in found["frames"] if f["media_type"] == "video"]
    assert shown == [f.pts for f in schedule(plan, times_of(camera))]
    originals = pictures(tmp_path / "one.0.mp4")
    assert all(alike(a, b) < 3 for a, b in zip(originals, pictures(path), strict=True))
    original, now = heard(tmp_path / "one.0.mp4"), heard(path)
    assert np.corrcoef(original[5_000:180_000, 0], now[5_000:180_000, 0])[0, 1] > 0.99
    strict = ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "null", "-"]
    assert not subprocess.run(strict, check=True, capture_output=True).stderr


def test_a_changed_voice_is_another_one_and_fits_where_stretches_meet() -> None:
    seconds = np.arange(3 * 48_000) / 48_000
    buzz = np.sign(np.sin(2 * np.pi * 120 * seconds)) * (0.2 + 0.2 * np.sin(2 * np.pi * 3 * seconds))
    samples = np.repeat(buzz[:, None], 2, axis=1).astype(np.float32)
    whole = change_voice(samples, 5_000, 42)
    later = change_voice(samples[48_000:], 53_000, 42)
    assert np.array_equal(whole[48_000 + CONTEXT : -CONTEXT], later[CONTEXT:-CONTEXT])
    assert abs(np.corrcoef(samples[CONTEXT:-CONTEXT, 0], whole[CONTEXT:-CONTEXT, 0])[0, 1]) < 0.15
    loud = [np.sqrt((x[20_000:120_000, 0].reshape(-1, 2_000) ** 2).mean(axis=1)) for x in (samples, whole)]
    assert np.corrcoef(*loud)[0, 1] > 0.8  # the words' rhythm stays
    assert not np.array_equal(whole, change_voice(samples, 5_000, 43))
