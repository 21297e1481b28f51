"""What the renderer makes passes the check, in both kinds of plan; and the check says what it looked at."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import c2pa
import pytest

from reviewer.domain.drawing import ALL, Spot
from reviewer.domain.errors import Cancelled
from reviewer.domain.redaction import Keyframe, MaskShape, MaskStyle, Redaction, SoundWay, Withheld
from reviewer.domain.render import Layout, Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.roster import DAY
from reviewer.domain.timebase import Micros, TimeRange, Utc
from reviewer.exports.credentials import EDITED, LABEL, Claim, sign_copy
from reviewer.sealing import certificate
from reviewer.services.clock import utc_now
from reviewer.services.copy_check import check_copy
from reviewer.services.rendering_job import new_job
from reviewer.services.rendering_make import make as render
from tests.services.agency import root_key
from tests.services.copy_site import HIGH, KEY, START, WIDE, at, camera, edit, make, mask, plan

SEED = 11
"""The same masks each time: at the coarsest coding asked for here (crf 28, veryfast; the program takes 20, medium) one
file in some hundreds has a block that the encoder left as it was a frame longer, and is refused."""


def rendered(folder: Path, wanted: RenderPlan) -> Path:
    """The renderer's file, still without a name."""
    (folder / "kept").mkdir()
    made = new_job("26-0613", "r", "copy", folder / "copy.mp4", wanted, START, {"face": "Another person"})
    job = replace(made, seed=SEED)
    part = folder / ".copy.mp4.part"
    render(job, folder / "kept", part, {KEY: camera()}, lambda: False, lambda _: None)
    return part


MASKS = (mask(MaskStyle.PIXELATE, MaskShape.ELLIPSE, last=40), mask(MaskStyle.BLUR, first=45, last=70, number=2))


@pytest.mark.parametrize(("crf", "preset"), [(18, "medium"), (28, "veryfast")])
def test_a_rendered_copy_passes(tmp_path: Path, crf: int, preset: str) -> None:
    """Masks, sound that is not heard, a stretch withheld and one left out."""
    sounds = (edit(SoundWay.MUTE, 0.3, 0.6), edit(SoundWay.TONE, 0.6, 0.9))
    held = Withheld("w1", "r", KEY, at(1.0), at(1.4), "face", number=1)
    wanted = replace(
        plan(),
        redaction=Redaction(MASKS, sounds, (held,)),
        stretches=(TimeRange(at(0), at(2)), TimeRange(at(2.4), at(3))),
        card=Micros(500_000),
        crf=crf,
        preset=preset,
    )
    found = check_copy(rendered(tmp_path, wanted), wanted, {KEY: camera()})
    assert found.problems == () and len(found.checks) >= 5


def test_masks_that_begin_beside_and_over_each_other_pass(tmp_path: Path) -> None:
    """What stands in one region is made of the picture as recorded, also where another lies over it."""
    beside = replace(mask(MaskStyle.PIXELATE, first=20, last=50, number=2), frames=(_put(at(0), 8, 200, 60, 300),))
    over = replace(mask(MaskStyle.BLUR, first=30, last=60, number=3), frames=(_put(at(0), 0, 60, 640, 110),))
    solid = replace(mask(MaskStyle.SOLID, first=40, last=70, number=4), frames=(_put(at(0), 100, 0, 180, 360),))
    wanted = replace(plan(), redaction=Redaction((mask(MaskStyle.PIXELATE), beside, over, solid)))
    found = check_copy(rendered(tmp_path, wanted), wanted, {KEY: camera()})
    assert found.problems == ()


def _put(when: Utc, left: int, top: int, right: int, bottom: int) -> Keyframe:
    """A box that stands, in pixels."""
    one, two = ((x * ALL // WIDE, y * ALL // HIGH) for x, y in ((left, top), (right, bottom)))
    return Keyframe(when, (Spot(*one), Spot(*two)))


@pytest.mark.parametrize(("crf", "preset"), [(18, "medium"), (28, "veryfast")])
def test_a_rendered_reel_passes(tmp_path: Path, crf: int, preset: str) -> None:
    """Cards, one camera, two and four side by side, a question over a picture that stands still."""
    two = (SceneSource(KEY, at(0.2), "Officer A"), SceneSource(KEY, at(0.9), "Officer B", heard=False))
    four = (*two, SceneSource(KEY, at(1.5), "Officer C", heard=False), SceneSource(KEY, at(9), "Officer D"))
    scenes = (
        Scene(Micros(400_000), lines=("A stop", "What would you do?")),
        Scene(Micros(900_000), (SceneSource(KEY, at(0.4)),), Layout.ONE, "Arrival", "He comes closer."),
        Scene(Micros(800_000), two, Layout.SIDE, "Two sides"),
        Scene(Micros(500_000), two, Layout.SIDE, "What do you do now?", holds=True),
        Scene(Micros(800_000), four, Layout.QUAD, "All of them"),
    )
    wanted = RenderPlan(Purpose.REEL, scenes, Redaction(MASKS), Rate(30), 640, 360, crf, preset, bars=True)
    found = check_copy(rendered(tmp_path, wanted), wanted, {KEY: camera()})
    assert found.problems == ()


def test_a_reel_is_refused_by_another_reels_plan(tmp_path: Path) -> None:
    scene = Scene(Micros(900_000), (SceneSource(KEY, at(0.4)),), title="Arrival")
    made = RenderPlan(Purpose.REEL, (scene,), Redaction(MASKS), Rate(30), 640, 360, bars=True, preset="veryfast")
    path = rendered(tmp_path, made)
    assert check_copy(path, made, {KEY: camera()}).good
    later = replace(scene, sources=(SceneSource(KEY, at(0.9)),))
    said = check_copy(path, replace(made, scenes=(later,)), {KEY: camera()}).problems
    assert any("is not the recording’s" in each for each in said) and any("M1 (face)" in each for each in said)
    shorter = replace(scene, lasts=Micros(600_000))
    said = check_copy(path, replace(made, scenes=(shorter,)), {KEY: camera()}).problems
    assert "The file has 27 frames; its plan has 18." in said


def test_voices_are_others_throughout(tmp_path: Path) -> None:
    scene = Scene(Micros(2_000_000), (SceneSource(KEY, at(0.4)),))
    plain = RenderPlan(Purpose.REEL, (scene,), rate=Rate(30), width=320, height=180, preset="veryfast")
    wanted = replace(plain, voices=True)
    (tmp_path / "one").mkdir()
    assert check_copy(rendered(tmp_path / "one", wanted), wanted, {KEY: camera()}).problems == ()
    (tmp_path / "two").mkdir()
    said = check_copy(rendered(tmp_path / "two", plain), wanted, {KEY: camera()}).problems
    assert said == ("The voice is the recording’s own where voices are changed, in 1 place, first at 0:00.000.",)


def test_checking_can_be_cancelled(tmp_path: Path) -> None:
    path = make(tmp_path / "copy.mp4", plan())
    with pytest.raises(Cancelled):
        check_copy(path, plan(), {KEY: camera()}, cancelled=lambda: True)


# -- the agency's manifest in the file -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def issued() -> certificate.Issued:
    now = utc_now()
    return certificate.issue(root_key(), "Helsinki Example Police", now, Utc(now + 20 * DAY), Utc(now + 10 * DAY))


def signed(folder: Path, plain: Path, issued: certificate.Issued, more: str = "") -> Path:
    """With a C2PA manifest as c2pa-python writes it; `more`: the label of an assertion of somebody else's."""
    first = {"label": "c2pa.actions.v2", "data": {"actions": [{"action": "c2pa.created", "digitalSourceType": EDITED}]}}
    asserted: list[dict[str, Any]] = [first, {"label": LABEL, "data": {"request": "FOI-1"}}]
    asserted += [{"label": more, "data": {"@context": {}, "exif:GPSLatitude": "60,10.2N"}}] * bool(more)
    definition = {"claim_generator_info": [{"name": "Reviewer"}], "title": "copy.mp4", "assertions": asserted}
    target = folder / "signed.mp4"
    with (
        c2pa.Signer.from_callback(
            lambda data: certificate.signature(issued.scalar, data),
            c2pa.C2paSigningAlg.ES256,
            issued.leaf + issued.authority,
        ) as signer,
        c2pa.Builder(json.dumps(definition)) as builder,
        plain.open("rb") as source,
        target.open("w+b") as into,
    ):
        builder.sign(signer, "video/mp4", source, into)
    return target


def test_a_copy_with_the_agencys_manifest_passes(tmp_path: Path, issued: certificate.Issued) -> None:
    plain = make(tmp_path / "copy.mp4", plan())

    def sign(data: bytes) -> bytes:
        return certificate.signature(issued.scalar, data)

    claim = Claim("copy.mp4", {"request": "FOI-1"})
    sign_copy(plain, tmp_path / "signed.mp4", claim, issued.leaf + issued.authority, sign, issued.authority)
    assert check_copy(tmp_path / "signed.mp4", plan(), {KEY: camera()}).problems == ()


def test_a_manifest_that_tells_a_place_is_refused(tmp_path: Path, issued: certificate.Issued) -> None:
    leak = signed(tmp_path, make(tmp_path / "copy.mp4", plan()), issued, "stds.exif")
    said = check_copy(leak, plan(), {KEY: camera()}).problems
    assert "The file’s C2PA manifest carries the camera’s metadata." in said
