"""Reels without a window: in from a timeline, shown by letters, out again, and rendered only once all is decided."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest

from reviewer.commands import reel as commands
from reviewer.domain.making_acts import ReelExported
from reviewer.domain.reel import Branch, Clip, ClipKind, Reel
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, parse_rfc3339
from reviewer.exports import otio
from tests.commands.conftest import CUSTODY, Run, by

CASE = "TR-2026-07"
BEGAN = parse_rfc3339("2026-06-13T19:39:40Z")  # by the dock’s clock, 37 s after the camera’s
TITLE = "Words, first"


def _recording(folder: Path) -> str:
    """The one that is footage; its stills lie beside it."""
    for each in (folder / "store" / "recordings").iterdir():
        manifest = json.loads(b64decode(json.loads((each / "1.json").read_text())["payload"]))
        if manifest["kind"] == "video":
            return each.name
    raise AssertionError("no footage")


def _assign(run: Run, folder: Path, case: str, purpose: str, member: str) -> None:
    made = run("assign", "new", case, "--title", "Street", "--purpose", purpose, "--reason", "Because",
               "--member", member, "--recording", _recording(folder), *by("aro"), *CUSTODY)  # fmt: skip
    assert made["status"] == 0, made


@pytest.fixture
def training(agency: Path, run: Run) -> Run:
    """What the camera recorded is released and assigned for training."""
    recordings = sorted(p.name for p in (agency / "store" / "recordings").iterdir())  # the stills beside it too
    released = run("release-for-training", *recordings, "--reason", "Module 4", *by("aro"))
    assert released["status"] == 0, released
    _assign(run, agency, CASE, "training", "falk:training")
    return run


def _timeline(folder: Path, recording: str) -> Path:
    """A card and a clip that asks, as `exports/otio` writes them."""
    clip = Clip("c", "r", ClipKind.FOOTAGE, 1, "Words", (recording,), BEGAN, Utc(BEGAN + 2 * SECOND), question="And?")
    ways = (Branch("Again", "c"), Branch("Enough", ""))
    clips = (Clip("k", "r", ClipKind.CARD, 0, TITLE, hold=Micros(3 * SECOND)), _with(clip, ways))
    covers = {recording: TimeRange(BEGAN, Utc(BEGAN + 10 * SECOND))}
    data = otio.write(Reel("r", TITLE), clips, {"c": [(recording, TimeRange(clip.start, clip.end))]}, covers)
    path = folder / "in.otio"
    path.write_bytes(data)
    return path


def _with(clip: Clip, ways: tuple[Branch, ...]) -> Clip:
    return Clip(**{**{name: getattr(clip, name) for name in Clip.__slots__}, "branches": ways})


def test_in_shown_and_out_again(training: Run, agency: Path) -> None:
    path = _timeline(agency, _recording(agency))
    came = training("reel", "import", CASE, path, *by("falk"))
    assert (came["status"], came["clips"], came["left_out"]) == (0, 2, [])
    assert [r["title"] for r in training("reel", "list", CASE, *by("falk"))["reels"]] == [TITLE]
    shown = training("reel", "show", CASE, TITLE, *by("falk"))
    assert [clip["shown"] for clip in shown["clips"]] == [[], ["Officer A"]]
    assert "Niemi" not in shown["out"] and "2214" not in shown["out"]
    assert "faces not looked for" in shown["out"]
    sent = training("reel", "export", CASE, TITLE, "out.otio", *by("falk"))
    assert sent["status"] == 0 and commands.otio.LIMITS in sent["out"]
    first, second = (json.loads((agency / name).read_text()) for name in ("in.otio", "out.otio"))
    assert first["name"] == second["name"]
    texts = [json.dumps(each["tracks"]).count("And?") for each in (first, second)]
    assert texts[0] == texts[1] > 0
    assert training("log", "verify")["ok"]
    told = training("log", "export", "proof", *by("falk"))
    kinds = (agency / "proof" / "bundle.json").read_text() if told["status"] == 0 else ""
    assert kinds.count(ReelExported.KIND) >= 2


def test_it_is_not_rendered_before_all_is_decided_and_nothing_is_written(training: Run, agency: Path) -> None:
    training("reel", "import", CASE, _timeline(agency, _recording(agency)), *by("falk"))
    said = training("reel", "render", CASE, TITLE, "reel.mp4", *by("falk"))
    assert said["status"] == 1
    assert "clip 2: faces not looked for" in said["err"]
    assert not list(agency.glob("*.mp4*"))


def test_what_cannot_be_is_one_sentence(training: Run, agency: Path) -> None:
    (agency / "no.otio").write_text("{}")
    foreign = _timeline(agency, "20260101-1-00")
    training("reel", "import", CASE, _timeline(agency, _recording(agency)), *by("falk"))
    for words, said in (
        (("show", CASE, "Nothing"), "There is no reel “Nothing”"),
        (("import", CASE, "missing.otio"), "missing.otio cannot be read."),
        (("import", CASE, "no.otio"), "This is no timeline."),
        (("export", CASE, TITLE, "out.xml"), "A timeline is not written as “.xml”."),
    ):
        answer = training("reel", *words, *by("falk"))
        assert (answer["status"], said in answer["err"]) == (1, True), answer["err"]
    foreign = _timeline(agency, "20260101-1-00")
    answer = training("reel", "import", CASE, foreign, *by("falk"))
    assert answer["status"] == 0  # its card is taken
    assert "nothing that is released here" in answer["left_out"][0]


def test_only_what_is_for_training_and_only_who_makes_reels(training: Run, agency: Path) -> None:
    _assign(training, agency, "CR-2026-0142", "complaint", "salo:investigator")
    assert "is not for training" in training("reel", "list", "CR-2026-0142", *by("salo"))["err"]
    assert training("reel", "list", CASE, *by("salo"))["status"] == 1
    path = _timeline(agency, _recording(agency))
    assert training("reel", "import", CASE, path, *by("falk"))["status"] == 0
    gone = training("release-for-training", _recording(agency), "--withdraw", "--reason", "Asked to", *by("aro"))
    assert gone["status"] == 0
    answer = training("reel", "export", CASE, TITLE, "late.otio", *by("falk"))
    assert answer["status"] == 1
    assert "not released for training" in answer["err"]
    assert not (agency / "late.otio").exists()
