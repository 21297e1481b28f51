"""Clips of a recording's own frames, its original with the signed manifest, stills: made, checked, in the log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import av
import pytest
from PIL import Image

from reviewer.domain.errors import Cancelled, LogUnwritable, ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.making_acts import CopyMade, CopyRefused, RenderBegun
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services import clips as clips_module
from reviewer.services.clips import ClipRefused, Clips, Form, MadeFile, Order, PlannedClip
from reviewer.services.custody import Grants
from reviewer.services.disk import NoRoom
from reviewer.services.footage import CaseCamera, Footage
from reviewer.services.journal import Recorded
from reviewer.services.rendering_job import plan_sha256
from reviewer.services.sync import Sync
from reviewer.services.vault import Vault
from tests.media.footage import clip
from tests.services.agency import CASE, NOW, Agency, keys

ONE, TWO = clip(b_frames=2, tone=True), clip(tuple(range(50)))
AVI = clip(container="avi")


@dataclass
class Room:
    agency: Agency
    footage: Footage
    clips: Clips
    folder: Path
    events: list[Event] = field(default_factory=list)
    refuses: type[Event] | None = None

    def record(self, event: Event) -> Future[Recorded]:
        done: Future[Recorded] = Future()
        if self.refuses is not None and isinstance(event, self.refuses):
            done.set_exception(LogUnwritable("The log cannot be written.", "Make room."))
            return done
        self.events.append(event)
        done.set_result(Recorded(event, "pd/ws1/salo/access/1", len(self.events), NOW))
        return done

    @property
    def order(self) -> Order:
        return Order("request-1", self.folder, "PR-2026-001")

    def camera(self, key: str) -> CaseCamera:
        return next(c for c in self.footage.cameras() if c.key == key)

    def planned(self, key: str, start: int, end: int) -> tuple[tuple[PlannedClip, ...], RenderPlan]:
        """Of stated time, µs after the recording's begin."""
        camera = self.camera(key)
        begin = camera.manifest.range.start
        wanted = TimeRange(Utc(begin + start), Utc(begin + end))
        plan = RenderPlan(Purpose.CLIP, recording=key, stretches=(wanted,))
        return self.clips.plan(camera, [wanted]), plan

    def made(self, key: str, start: int, end: int) -> tuple[MadeFile, ...]:
        planned, plan = self.planned(key, start, end)
        return self.clips.clips(self.order, planned, plan)

    def files(self) -> list[str]:
        return sorted(p.name for p in self.folder.rglob("*")) if self.folder.is_dir() else []


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    agency = Agency(tmp_path)
    agency.recording("cam-a", ONE, TWO)
    agency.recording("cam-b", AVI)
    trust = agency.trust()
    assignment = agency.assign("cam-a", "cam-b")
    noted: list[Event] = []
    vault = Vault(agency.workspace, trust, Grants(trust, keys("salo"), now=lambda: agency.now), noted.append)
    footage = Footage(vault, trust, agency.workspace, assignment)
    Sync(agency.workspace, agency.store, noted.append).fetch(CASE, footage.manifests)
    found = Room(agency, footage, None, tmp_path / "given")  # type: ignore[arg-type]
    found.clips = Clips(footage, trust, found.record, "K. Salo 0417 (salo)")
    yield found


def test_a_clip_holds_the_recordings_own_frames_and_says_which_it_keeps(room: Room) -> None:
    planned, plan = room.planned("cam-a", 600_000, 1_400_000)
    (each,) = planned
    assert (each.part, each.cut.before, each.cut.frames, each.cut.why) == (0, 3, 20, "")
    assert "3 frames before" in each.words
    (made,) = room.clips.clips(room.order, planned, plan)
    assert made.path.read_bytes() and made.path.stat().st_mode & 0o777 == 0o600
    assert sha256(made.path.read_bytes()).hexdigest() == made.copy.sha256
    assert made.copy.bytes == made.path.stat().st_size
    assert (made.copy.of, made.copy.case, made.copy.purpose, made.copy.encoded) == ("request-1", CASE, Form.CLIP, False)
    assert made.copy.plan == plan_sha256(plan)
    assert "3 frames before" in made.words and "1 frame after" in made.words
    with av.open(io.BytesIO(ONE)) as original, av.open(str(made.path)) as given:
        whole = [bytes(p) for p in original.demux(video=0) if p.size]
        cut = [bytes(p) for p in given.demux(video=0) if p.size]
    assert cut == whole[12 : 12 + len(cut)]
    assert len(cut) == 24
    (name,) = room.files()
    assert name.startswith("PR-2026-001 camera 1 part 1 ") and name.endswith(" UTC.mp4")


def test_the_log_knows_before_the_footage_is_read_and_before_the_file_has_its_name(room: Room) -> None:
    room.made("cam-a", 0, 1_000_000)
    begun, made = room.events
    assert isinstance(begun, RenderBegun) and isinstance(made, CopyMade)
    assert begun.job == made.job and begun.recordings == ("cam-a",)
    room.events.clear()
    room.refuses = CopyMade
    with pytest.raises(LogUnwritable):
        room.made("cam-a", 1_000_000, 2_000_000)
    assert len(room.files()) == 1
    room.refuses = RenderBegun
    with pytest.raises(LogUnwritable):
        room.made("cam-a", 1_000_000, 2_000_000)
    assert len(room.files()) == 1


def test_a_stretch_over_two_parts_gives_a_clip_of_each(room: Room) -> None:
    first, second = room.camera("cam-a").manifest.parts
    begin = first.started_at
    made = room.made("cam-a", 1_000_000, int(second.started_at - begin) + 500_000)
    assert [m.copy.job for m in made] == [made[0].copy.job] * 2
    assert len(room.files()) == 2
    assert "part 1" in made[0].words and "part 2" in made[1].words


def test_what_cannot_be_cut_between_its_frames_says_so_and_is_not_cut(room: Room) -> None:
    planned, plan = room.planned("cam-b", 200_000, 900_000)
    assert "avi" in planned[0].cut.why and "encoded anew" in planned[0].words
    with pytest.raises(ReviewerError, match="avi"):
        room.clips.clips(room.order, planned, plan)
    assert room.events == [] and room.files() == []


def test_nothing_was_recorded_then(room: Room) -> None:
    camera = room.camera("cam-a")
    with pytest.raises(ReviewerError, match="recorded nothing"):
        room.clips.plan(camera, [TimeRange(Utc(0), Utc(1))])


def test_a_clip_that_the_check_refuses_is_thrown_away(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips_module, "check_clip", lambda *_args: (("It says more than it may: title.",), ()))
    with pytest.raises(ClipRefused, match="title"):
        room.made("cam-a", 0, 1_000_000)
    assert room.files() == []
    assert isinstance(room.events[-1], CopyRefused) and room.events[-1].problems


def test_cancelled_it_leaves_nothing(room: Room) -> None:
    planned, plan = room.planned("cam-a", 0, 1_000_000)
    with pytest.raises(Cancelled):
        room.clips.clips(room.order, planned, plan, cancelled=lambda: True)
    assert room.files() == []
    with pytest.raises(Cancelled):
        room.clips.originals(room.order, room.camera("cam-a"), cancelled=lambda: True)
    assert room.files() == []


def test_a_full_disk_is_said_and_leaves_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _size: int) -> None:
        raise NoRoom("There is no room left for it.", "Make room.")

    monkeypatch.setattr("reviewer.services.clip_files.check_room", full)
    with pytest.raises(NoRoom):
        room.made("cam-a", 0, 1_000_000)
    assert room.files() == []


def test_an_original_is_the_cameras_file_with_the_manifest_that_was_signed(room: Room) -> None:
    shares: list[float] = []
    made = room.clips.originals(room.order, room.camera("cam-a"), shares.append)
    one, two, manifest = made
    assert one.path.read_bytes() == ONE and two.path.read_bytes() == TWO
    assert (one.copy.purpose, one.copy.encoded) == (Form.ORIGINAL, False)
    assert one.copy.sha256 == room.camera("cam-a").manifest.parts[0].sha256
    assert shares == sorted(shares) and shares[-1] == 1.0
    document = json.loads(manifest.path.read_bytes())
    assert document["signatures"] and document["payload"]
    assert manifest.copy.checks


def test_a_still_is_the_frame_in_view_and_says_where_it_comes_from(room: Room) -> None:
    camera = room.camera("cam-a")
    made = room.clips.still(room.order, camera, Utc(camera.manifest.range.start + 1_010_000))
    with Image.open(made.path) as picture:
        assert picture.size == (160, 90)
        assert picture.info["Recording"] == "cam-a"
        assert picture.info["Saved by"] == "K. Salo 0417 (salo)"
    assert made.copy.purpose == Form.STILL and made.copy.sha256 == sha256(made.path.read_bytes()).hexdigest()


def test_a_clip_carries_no_words_of_the_container(room: Room) -> None:
    (plain,) = room.made("cam-a", 0, 500_000)
    with av.open(str(plain.path)) as file:
        assert set(file.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
