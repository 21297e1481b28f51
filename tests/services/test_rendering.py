"""The queue: no entry, no effect; nothing that was not checked has a name; what stops goes on where it stopped."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.making_acts import CopyMade, CopyRefused, MadeScene, RenderBegun
from reviewer.domain.redaction import MaskStyle, Redaction, Withheld
from reviewer.domain.render import Purpose, Rate, RenderPlan, Scene, SceneSource
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros
from reviewer.media import render
from reviewer.media.camera import Absence, DeckCamera
from reviewer.services import rendering_make
from reviewer.services.copy_check import Checked
from reviewer.services.rendering_job import JobShelf, RenderState, new_job, plan_sha256
from reviewer.services.rendering_make import Pace, finish
from reviewer.services.rendering_spool import Spool
from reviewer.services.workspace import Workspace
from tests.media.footage import START, clip
from tests.media.rendering import at, box, camera_of, job_of
from tests.services.rendering import CASE, KEY, Room, good

SIZE = (320, 180)


@pytest.fixture
def cameras(tmp_path: Path) -> dict[str, DeckCamera]:
    return {"one": camera_of(tmp_path, "one", clip(size=SIZE, tone=True))}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "STRETCH", Micros(500_000))


def test_begun_made_and_only_then_named(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    out = tmp_path / "out" / "copy.mp4"
    seen: list[tuple[str, bool]] = []

    def check(path: Path, *_: object) -> Checked:
        seen.append(("checked", out.exists()))
        return good(path)

    room = Room(tmp_path / "home", cameras, check)
    record = room.recorded.append
    room.queue._record = lambda event: (seen.append((event.KIND, out.exists())), record(event))[1]
    job = room.ask(out)
    status = room.wait(job)
    room.queue.close()
    assert status.state is RenderState.DONE and status.path == out
    assert seen == [("render_begun", False), ("checked", False), ("copy_made", False)]
    begun, made = room.recorded
    assert isinstance(begun, RenderBegun) and isinstance(made, CopyMade)
    assert made.sha256 == sha256(out.read_bytes()).hexdigest() == status.job.sha256
    assert made.bytes == out.stat().st_size and made.name == "copy.mp4" and "looked at" in made.checks
    assert begun.plan == made.plan == plan_sha256(status.job.plan) and begun.recordings == ("one",)
    assert [p.name for p in out.parent.iterdir()] == ["copy.mp4"]
    spool = tmp_path / "home" / "renders" / CASE / job
    assert [p.name for p in spool.iterdir()] == ["job"]
    shares = [s.share for s in room.told if s.state is RenderState.WORKING]
    assert shares == sorted(shares)


def test_what_the_check_refuses_never_has_a_name(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    room = Room(tmp_path / "home", cameras, lambda *_: Checked(("A face shows at 0:01.",), ()))
    status = room.wait(room.ask(tmp_path / "out" / "copy.mp4"))
    room.queue.close()
    assert status.state is RenderState.REFUSED and status.job.problems == ("A face shows at 0:01.",)
    assert not list((tmp_path / "out").iterdir())
    assert isinstance(room.recorded[-1], CopyRefused) and room.kinds() == ["render_begun", "copy_refused"]


def test_a_name_that_is_taken_gets_a_number(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    out = tmp_path / "copy.mp4"
    out.write_bytes(b"another's")
    room = Room(tmp_path / "home", cameras)
    status = room.wait(room.ask(out))
    room.queue.close()
    assert status.path == tmp_path / "copy (2).mp4" and out.read_bytes() == b"another's"
    assert isinstance(room.recorded[-1], CopyMade) and room.recorded[-1].name == "copy (2).mp4"


def test_without_its_entry_nothing_is_made(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    room = Room(tmp_path / "home", cameras)

    def refuse(_event: object) -> None:
        raise ReviewerError("The log cannot be written.", "Make room.")

    room.queue._record = refuse
    status = room.wait(room.ask(tmp_path / "out" / "copy.mp4"))
    room.queue.close()
    assert status.state is RenderState.STOPPED and status.job.problems == ("The log cannot be written.",)
    assert not (tmp_path / "out").exists()


def test_cancelled_leaves_nothing_and_may_begin_anew(
    tmp_path: Path, cameras: dict[str, DeckCamera], short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(tmp_path / "home", cameras)
    make = rendering_make.make_stretch
    monkeypatch.setattr(rendering_make, "make_stretch", lambda *more: (room.queue.cancel(job), make(*more))[1])
    job = room.ask(tmp_path / "out" / "copy.mp4")
    assert room.wait(job).state is RenderState.CANCELLED
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
    assert [p.name for p in (tmp_path / "home" / "renders" / CASE / job).iterdir()] == ["job"]
    monkeypatch.setattr(rendering_make, "make_stretch", make)
    room.queue.retry(job)
    assert room.wait(job, RenderState.DONE).path == tmp_path / "out" / "copy.mp4"
    room.queue.forget(job)
    assert not room.queue.statuses(CASE) and not (tmp_path / "home" / "renders" / CASE / job).exists()
    assert (tmp_path / "out" / "copy.mp4").exists()
    room.queue.close()


def test_a_session_that_ends_goes_on_in_the_next_where_it_was(
    tmp_path: Path, cameras: dict[str, DeckCamera], short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    make = rendering_make.make_stretch

    def counted(order: render.Order, *more: object) -> render.Stretch:
        made.append(order.since)
        if len(made) == 3:
            first.queue.stop()
        return make(order, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(rendering_make, "make_stretch", counted)
    first = Room(tmp_path / "home", cameras)
    out = tmp_path / "copy.mp4"
    job = first.ask(out)
    assert first.queue._thread is not None
    first.queue._thread.join(60)
    assert not out.exists() and made == [0, 500_000, 1_000_000]
    second = Room(tmp_path / "home", cameras)
    status = second.wait(job)
    second.queue.close()
    assert status.state is RenderState.DONE and out.exists()
    assert second.kinds() == ["copy_made"]  # it was begun before
    assert sorted(set(made)) == [0, 500_000, 1_000_000, 1_500_000, 2_000_000] and made.count(0) == 1
    whole = Room(tmp_path / "other", cameras)
    again = whole.queue.add(CASE, "r1", "A copy", tmp_path / "whole.mp4", status.job.plan)
    assert whole.wait(again).job.sha256 == status.job.sha256
    whole.queue.close()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("limit", [16_000, 120_000])
def test_a_full_disk_is_said_and_what_is_made_stays(
    tmp_path: Path, cameras: dict[str, DeckCamera], short: None, limit: int
) -> None:
    """The small limit stops a stretch, the larger one the file that is put together."""
    out = tmp_path / "out" / "copy.mp4"
    room = Room(tmp_path / "home", cameras)
    with files_of_at_most(limit):
        job = room.ask(out)
        status = room.wait(job)
    assert status.state is RenderState.STOPPED, status
    assert "no room" in status.job.problems[0] and "is kept" in status.job.next_step
    assert not out.exists() and not list(tmp_path.glob("out/.*"))
    room.queue.retry(job)
    assert room.wait(job, RenderState.DONE).path == out
    assert room.kinds() == ["render_begun", "copy_made"]
    room.queue.close()


def test_footage_that_is_not_here_stops_it_with_a_next_step(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    one = cameras["one"]
    away = Absence(TileState.NOT_DOWNLOADED, "Not on this machine yet.")
    gone = DeckCamera("one", tuple(replace(part, absence=away) for part in one.parts))
    room = Room(tmp_path / "home", {"one": gone})
    status = room.wait(room.ask(tmp_path / "copy.mp4"))
    room.queue.close()
    assert status.state is RenderState.STOPPED and "Not on this machine" in status.job.problems[0]
    assert status.job.next_step


def test_nothing_lies_on_the_disk_in_the_clear(tmp_path: Path, cameras: dict[str, DeckCamera], short: None) -> None:
    job = job_of(RenderPlan(Purpose.DISCLOSURE, recording="one", preset="ultrafast"), tmp_path / "copy.mp4")
    part = tmp_path / ".copy.mp4.part"
    rendering_make.make(job, tmp_path / "spool", part, cameras, lambda: False, lambda _share: None)
    spool = Spool(tmp_path / "spool", job.id, bytes.fromhex(job.key))
    sps = spool.head(0).sps
    clear = part.read_bytes()
    assert sps in clear
    for each in (tmp_path / "spool").iterdir():
        data = each.read_bytes()
        assert sps not in data and clear[5_000:5_040] not in data


def test_a_stretch_that_was_changed_is_not_used(tmp_path: Path, cameras: dict[str, DeckCamera], short: None) -> None:
    job = job_of(RenderPlan(Purpose.DISCLOSURE, recording="one", preset="ultrafast"), tmp_path / "copy.mp4")
    part = tmp_path / ".copy.mp4.part"
    rendering_make.make(job, tmp_path / "spool", part, cameras, lambda: False, lambda _share: None)
    data = tmp_path / "spool" / "stretch.1.data"
    changed = bytearray(data.read_bytes())
    changed[-40] ^= 1
    data.write_bytes(changed)
    with pytest.raises(ReviewerError):
        rendering_make.make(job, tmp_path / "spool", part, cameras, lambda: False, lambda _share: None)
    assert not part.exists()


def test_the_log_says_where_a_reels_clips_are_and_nothing_such_of_a_copy(
    tmp_path: Path, cameras: dict[str, DeckCamera]
) -> None:
    card = Scene(Micros(SECOND), lines=("A card",), id="c1")
    still = Scene(Micros(SECOND), (SceneSource("one", at(0)),), holds=True, id="c2")
    plan = RenderPlan(Purpose.REEL, (card, still), rate=Rate(5, 1), width=320, height=180, preset="ultrafast")
    room = Room(tmp_path / "home", cameras)
    for wanted in (plan, None):
        room.wait(room.ask(tmp_path / "made.mp4", wanted))
    room.queue.close()
    made = [each for each in room.recorded if isinstance(each, CopyMade)]
    assert [each.scenes for each in made] == [
        (MadeScene("c1", card.lasts), MadeScene("c2", still.lasts, holds=True)),
        (),
    ]
    assert [decode(CopyMade, encode(each)) for each in made] == made


def test_jobs_open_under_the_case_key_only(tmp_path: Path) -> None:
    mask = box("one", 0, 1, MaskStyle.BLUR)
    gone = Withheld("w", "r1", "one", at(0), at(1), "third")
    scenes = (Scene(Micros(SECOND), (SceneSource("one", at(0)),)),)
    plan = RenderPlan(Purpose.REEL, scenes, Redaction((mask,), (), (gone,)), Rate(30_000, 1_001))
    assert decode(RenderPlan, encode(plan)) == plan
    job = new_job(CASE, "r1", "A reel", tmp_path / "reel.mp4", plan, START, {"third": "Third party"})
    workspace = Workspace(tmp_path / "home")
    JobShelf(workspace, CASE, [KEY]).keep(job)
    assert list(JobShelf(workspace, CASE, [KEY]).jobs()) == [job]
    assert list(JobShelf(workspace, CASE, [bytes(32), KEY]).jobs()) == [job]  # an earlier key of the case
    assert not list(JobShelf(workspace, CASE, [bytes(32)]).jobs())


def test_a_name_is_given_only_after_it_was_said(tmp_path: Path) -> None:
    part = tmp_path / ".copy.part"
    part.write_bytes(b"film")

    def refuse(_done: object) -> None:
        raise ReviewerError("The log cannot be written.", "Make room.")

    with pytest.raises(ReviewerError, match="log"):
        finish(part, tmp_path / "copy.mp4", refuse)
    assert not (tmp_path / "copy.mp4").exists() and part.exists()


def test_killed_between_name_and_note_it_is_made_once(tmp_path: Path, cameras: dict[str, DeckCamera]) -> None:
    room = Room(tmp_path / "home", cameras)
    job = room.ask(tmp_path / "copy.mp4")
    done = room.wait(job).job
    room.queue.close()
    JobShelf(Workspace(tmp_path / "home"), CASE, [KEY]).keep(done.became(RenderState.CHECKING))
    again = Room(tmp_path / "home", cameras)
    assert again.wait(job).path == tmp_path / "copy.mp4" and not again.recorded
    again.queue.close()
    assert {p.name for p in tmp_path.glob("*.mp4")} == {"one.0.mp4", "copy.mp4"}


def test_how_long_it_takes_is_said_once_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.5, 10.0])
    monkeypatch.setattr(rendering_make.time, "monotonic", lambda: next(clock))
    said: list[tuple[float, float | None]] = []
    pace = Pace(lambda share, left: said.append((share, left)))
    for share in (0.0, 0.005, 0.25):
        pace.tell(share)
    assert said == [(0.0, None), (0.005, None), (0.25, 30.0)]
