"""The gate over real records: which footage an allegation makes relevant, and whose views count."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.agency import Gate as Rule
from reviewer.domain.alignment import Correction
from reviewer.domain.assignment import AssignedRecording, Assignment, Purpose
from reviewer.domain.case import Allegation, Complaint
from reviewer.domain.events import Crop, Source, SpanCamera, ViewClosed, Visible
from reviewer.domain.gate import Basis, CaseGate, Pace
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wall_time import WallTime
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.gate import case_gate
from tests.records.events_made import meta_of
from tests.ui.review import samples

RULE = Rule(Micros(60 * SECOND), Micros(60 * SECOND), 2_000)
LEFT, RIGHT = (samples.manifest(n, ("22:40:00", "22:50:00")) for n in (1, 2))
BUFFERED = samples.manifest(1, ("22:40:00", "22:50:00"), silent=30)
LATE = samples.manifest(3, ("22:48:00", "22:50:00"))
OTHERS = samples.manifest(4, ("22:40:00", "22:50:00"))
MOMENT = TimeRange(samples.at("22:44:00"), samples.at("22:44:00"))
FORCE = Allegation("al1", 1, "Excessive force", window=MOMENT)
Gated = Callable[..., CaseGate]


def _view(
    user: str, manifest: Manifest, start: str, seconds: int, rate: int = 1000, **how: object
) -> tuple[str, ViewClosed]:
    shown = TimeRange(samples.at(start), Utc(samples.at(start) + seconds * SECOND))
    camera = replace(SpanCamera(manifest.recording_id, shown, 960, 540, False), **how)  # type: ignore[arg-type]
    return user, ViewClosed("c1", f"{user}{camera.recording}{shown.start}{rate}", rate, (camera,), "complaint")


@pytest.fixture
def gated(tmp_path: Path) -> Gated:
    """The gate after these views."""

    def count(
        *views: tuple[str, ViewClosed],
        allegations: tuple[Allegation, ...] = (FORCE,),
        manifests: tuple[Manifest, ...] = (),
        **more: object,
    ) -> CaseGate:
        path = tmp_path / f"records{len(list(tmp_path.iterdir()))}.sqlite"
        with closing(open_database(path)) as conn:
            for index, (user, event) in enumerate(views):
                projections.apply(conn, event, meta_of(event, f"pd/ws1/{user}/access/1", index, index))
        on = tuple(AssignedRecording(m.recording_id, "") for m in (LEFT, RIGHT, LATE))
        assignment = Assignment("c1", 1, (), on, Purpose.COMPLAINT, "aro", Utc(0))
        still = replace(LEFT, recording_id="still", kind=Kind.STILL)
        with closing(Queries(path)) as queries:
            known = manifests or (LEFT, RIGHT, LATE, OTHERS, still)
            return case_gate(queries, assignment, known, allegations, rule=RULE, **more)  # type: ignore[arg-type]

    return count


def test_every_camera_that_rolled_then_and_the_minutes_around_what_is_alleged(gated: Gated) -> None:
    gate = gated().of("al1")
    assert gate is not None
    assert [each.recording for each in gate.cameras] == ["rec-1", "rec-2"]
    assert gate.required == gate.left == 240 * SECOND
    assert gate.absent == ("rec-3",)
    assert gate.withheld == ("rec-4",)  # it rolled then, and nobody on the case may see it
    assert gate.window == TimeRange(samples.at("22:43:00"), samples.at("22:45:00"))


def test_anybodys_views_open_it_if_they_were_slow_and_large_enough(gated: Gated) -> None:
    good = [_view("salo", LEFT, "22:42:00", 240), _view("vuori", RIGHT, "22:43:00", 60, 2000)]
    none = [
        _view("aro", RIGHT, "22:43:00", 120, 4000),
        _view("aro", RIGHT, "22:43:00", 120, -1000),
        _view("aro", RIGHT, "22:43:00", 120, width=200, height=112),
        _view("aro", RIGHT, "22:43:00", 120, visible=Visible.COVERED),
        _view("aro", RIGHT, "22:43:00", 120, source=Source.PROXY),
        _view("aro", RIGHT, "22:43:00", 120, crop=Crop(0, 0, 500, 500)),
    ]
    case = gated(*good, *none)
    gate = case.of("al1")
    assert gate is not None
    assert gate.left == 60 * SECOND
    assert gate.people == ("salo", "vuori")
    assert (gate.at(Pace.REAL), gate.at(Pace.FAST)) == (120 * SECOND, 60 * SECOND)
    assert [each.name for each in case.shut] == ["A1"]
    closed = gated(*good, _view("aro", RIGHT, "22:44:00", 60, 500))
    gate = closed.of("al1")
    assert gate is not None
    assert gate.met
    assert closed.shut == ()
    assert gate.slow_only == 60 * SECOND


def test_where_no_time_is_alleged_the_incidents_counts_else_all_of_it(gated: Gated) -> None:
    vague = replace(FORCE, window=None)
    happened = Complaint(happened=MOMENT)
    of_incident = gated(allegations=(vague,), complaint=happened).of("al1")
    assert of_incident is not None
    assert (of_incident.basis, of_incident.required) == (Basis.INCIDENT, 240 * SECOND)
    of_all = gated(allegations=(vague,)).of("al1")
    assert of_all is not None
    assert (of_all.basis, of_all.window) == (Basis.ALL, None)
    assert of_all.required == (600 + 600 + 120) * SECOND


def test_a_time_is_the_walls_and_each_camera_is_asked_by_its_own_clock(gated: Gated) -> None:
    # The left camera says 30 s too early: what the wall calls 22:44:00 is 22:43:30 in its records.
    clocks = WallTime({"rec-1": Correction("rec-1", Micros(30 * SECOND), Micros(0), samples.NOW)})
    gate = gated(clocks=clocks).of("al1")
    assert gate is not None
    left, right = gate.camera("rec-1"), gate.camera("rec-2")
    assert left is not None
    assert right is not None
    assert left.required == ((samples.at("22:42:30"), samples.at("22:44:30")),)
    assert right.required == ((samples.at("22:43:00"), samples.at("22:45:00")),)


def test_what_nobody_heard_is_known_apart_and_a_silent_buffer_has_nothing_to_hear(gated: Gated) -> None:
    views = [
        _view("salo", LEFT, "22:43:00", 60, heard=True),
        _view("salo", LEFT, "22:44:00", 60, heard=False),
        _view("salo", RIGHT, "22:43:00", 120, heard=True, visible=Visible.COVERED),
    ]
    gate = gated(*views).of("al1")
    assert gate is not None
    left, right = gate.camera("rec-1"), gate.camera("rec-2")
    assert left is not None
    assert right is not None
    assert left.left == ()
    assert left.unheard == 60 * SECOND
    assert (right.watched, right.heard) == ((), ())
    early = replace(FORCE, window=TimeRange(samples.at("22:41:00"), samples.at("22:41:00")))
    buffered = gated(_view("salo", BUFFERED, "22:40:00", 120), allegations=(early,), manifests=(BUFFERED,)).of("al1")
    assert buffered is not None
    assert buffered.cameras[0].unheard == 90 * SECOND  # 30 s of it were recorded without sound
