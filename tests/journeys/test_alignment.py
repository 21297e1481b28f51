"""The demo's 37 s wrong clock, without a window: found, proposed, and corrected to within its σ, by each source alone;
colleagues see it, and what was recorded can be made again."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from reviewer.demo.truth import CameraTruth, read_truth
from reviewer.domain.alignment import Alignment, Correction, SourceKind
from reviewer.domain.alignment_acts import ALIGNMENT_ACTS, AlignmentAccepted
from reviewer.domain.annotation import Mark
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, Utc, pts_to_micros
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.alignment import Alignments
from reviewer.services.demo import CASE
from reviewer.services.session import log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.journeys.conftest import ARO, SALO, Command, secret
from tests.journeys.own_clocks import make_heard_demo

RIGHT, WRONG = 1, 3  # cameras: one that the dock compared, the one that is 37 s fast


@pytest.fixture(scope="session")
def heard_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once however many processes run the tests."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if shared.name.startswith("popen-") else shared
    with FileLock(shared / "heard.guard"):
        if not (shared / "heard").exists():
            make_heard_demo(shared / "heard")
    return shared / "heard"


@pytest.fixture
def demo(heard_demo: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    shutil.copytree(heard_demo, folder)
    return folder


@pytest.fixture
def salo(demo: Path, command: Command) -> tuple[str, ...]:
    """K. Salo at the command line, everything that is assigned to them on this machine."""
    who = ("--user", SALO.id, "--passphrase-file", str(secret(demo, SALO.id, SALO.passphrase)))
    assert command("sync", *who)["status"] == 0
    return who


def _trust(demo: Path) -> Trust:
    workspace = Workspace(demo / "home")
    return Trust(locate(workspace.store_location()), workspace.setup().root, workspace)


def _camera(demo: Path, number: int) -> CameraTruth:
    return next(c for c in read_truth(demo).cameras if c.number == number)


def _manifest(demo: Path, number: int) -> Manifest:
    """As it was signed."""
    badge = f"-{_camera(demo, number).badge}-"
    return next(m for m in _trust(demo).manifests().good if badge in m.recording_id and m.kind is not Kind.STILL)


def _true(demo: Path, number: int) -> int:
    """What must be added to a camera's stated time to have UTC (µs)."""
    return _camera(demo, number).parts[0].start - _manifest(demo, number).parts[0].started_at


def _said(found: dict[str, Any], demo: Path, number: int) -> dict[str, Any]:
    key = _manifest(demo, number).recording_id
    return next(each for each in found["corrections"] if each["recording"] == key)


def _is_found(found: dict[str, Any], demo: Path) -> None:
    """The wrong clock's own word is judged wrong, and what corrects it is right to within its own σ."""
    key, said = _manifest(demo, WRONG).recording_id, _said(found, demo, WRONG)
    own = [j for j in found["judged"] if j["reading"]["recording"] == key and j["reading"]["kind"] == "container"]
    assert [each["used"] for each in own] == [False]
    assert abs(abs(own[0]["residual"]) - 37 * SECOND) < SECOND
    assert own[0]["why"]
    assert abs(said["offset"] - _true(demo, WRONG)) <= said["sigma"]
    right = _said(found, demo, RIGHT)
    assert abs(right["offset"] - _true(demo, RIGHT)) <= 3 * right["sigma"], "and nobody else is moved for it"
    assert right["sigma"] < SECOND // 10


def test_by_sound_alone_and_accepted_and_withdrawn(demo: Path, command: Command, salo: tuple[str, ...]) -> None:
    assert abs(_true(demo, WRONG) + 37 * SECOND) < SECOND
    proposed = command("align", CASE, "--sound", "--no-gps", *salo)
    assert (proposed["status"], proposed["accepted"]) == (0, False)
    _is_found(proposed, demo)
    assert _said(proposed, demo, WRONG)["source"] == "sound"
    assert _said(proposed, demo, WRONG)["sigma"] < SECOND // 5
    assert not {j["reading"]["kind"] for j in proposed["judged"]} & {"gps", "cue", "device"}
    nothing = command("align", CASE, "--no-gps", *salo)
    assert _said(nothing, demo, WRONG)["offset"] == 0, "a proposal changes nothing, and is not kept"

    accepted = command("align", CASE, "--sound", "--no-gps", "--accept", "--note", "Heard", *salo)
    assert accepted["accepted"] is True
    _is_found(accepted, demo)
    later = command("align", CASE, "--no-gps", *salo)
    assert _said(later, demo, WRONG)["offset"] == _said(accepted, demo, WRONG)["offset"], "what it rested on is known"
    assert command("align", CASE, "--withdraw", *salo)["status"] == 0
    assert command("align", CASE, "--withdraw", *salo)["error"].startswith("No alignment stands")


def test_by_gps_alone(demo: Path, command: Command, salo: tuple[str, ...]) -> None:
    found = command("align", CASE, "--accept", *salo)
    _is_found(found, demo)
    assert _said(found, demo, WRONG)["source"] == "gps"
    assert {j["reading"]["kind"] for j in found["judged"]} <= {"gps", "manifest", "container"}


def _frame(demo: Path, number: int, instant: Utc) -> Mark:
    """The frame that a camera had when something was to be seen."""
    camera = _camera(demo, number)
    for index, part in enumerate(camera.parts):
        if part.frames[0] <= instant < part.frames[-1]:
            at = bisect_right(part.frames, instant) - 1
            start, end = (pts_to_micros(pts, Fraction(*part.time_base)) for pts in part.pts[at : at + 2])
            return Mark(_manifest(demo, number).recording_id, index, start, end)
    raise AssertionError("it did not roll then")


def test_by_one_cue(demo: Path, salo: tuple[str, ...]) -> None:
    raised = read_truth(demo).events["arm_raised"]
    session = log_on(Workspace(demo / "home"), _trust(demo), SALO.id, SALO.passphrase)
    try:
        with closing(session.queries()) as queries:
            session.open_case(CASE)
            manifests = [m for m in session.trust.manifests().good if m.kind is not Kind.STILL]
            hand = Alignments(session.journal.record, queries, CASE, lambda: manifests)
            hand.cue(_frame(demo, RIGHT, raised), _frame(demo, WRONG, raised), "The arm goes up").result()
            proposal = hand.propose()
            assert {j.reading.kind for j in proposal.judged} == {
                SourceKind.CUE,
                SourceKind.MANIFEST,
                SourceKind.CONTAINER,
            }
            wrong = _manifest(demo, WRONG).recording_id
            hand.accept(proposal).result()
            stands = hand.accepted()
            assert stands == proposal
            moved = proposal.of(wrong)
            assert moved is not None
            assert abs(moved.offset - _true(demo, WRONG)) <= moved.sigma < SECOND // 10
            assert proposal.source(wrong) is SourceKind.CUE
    finally:
        session.log_off()


def _stands(demo: Path, who: str) -> Alignment | None:
    room = Workspace(demo / "home").user(who)
    with closing(Queries(room.records, room.others)) as queries:
        found = queries.alignment(CASE).accepted
        return found.alignment if found is not None else None


def test_colleagues_fold_it_and_what_was_recorded_is_made_again_as_it_was(
    demo: Path, command: Command, salo: tuple[str, ...]
) -> None:
    aro = ("--user", ARO.id, "--passphrase-file", secret(demo, ARO.id, ARO.passphrase))
    assert command("align", CASE, "--accept", *salo)["status"] == 0
    accepted = _stands(demo, SALO.id)
    assert accepted is not None
    assert command("log", "follow", *aro)["status"] == 0
    assert _stands(demo, ARO.id) == accepted
    assert command("align", CASE, "--withdraw", *aro)["status"] == 0
    assert _stands(demo, SALO.id) == accepted, "not before it is read"
    assert command("log", "follow", *salo)["status"] == 0
    assert _stands(demo, SALO.id) is None
    assert command("align", CASE, "--accept", "--note", "Looked at again", *salo)["status"] == 0
    again = _stands(demo, SALO.id)
    assert again is not None

    made = command("rebuild", *salo)
    assert (made["status"], made["differed"]) == (0, [])
    assert _stands(demo, SALO.id) == again
    with closing(Queries(Workspace(demo / "home").user(SALO.id).records)) as queries:
        kinds = tuple(act.KIND for act in ALIGNMENT_ACTS)
        entries = queries.entries(EntryFilter(kinds=kinds))
        newest = entries[0].event
        assert isinstance(newest, AlignmentAccepted)
        assert (newest.note, newest.base) == ("Looked at again", "")
        assert all(isinstance(c, Correction) for c in newest.corrections)
    assert command("log", "verify")["status"] == 0
