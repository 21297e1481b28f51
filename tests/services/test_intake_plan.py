"""A plan as a person changes it, and what is signed of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.alignment import clocks
from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from tests.services.agency import Agency
from tests.services.test_ingest import docked, video
from tests.services.test_intake import agency, only, opened, plan, write

__all__ = ["agency"]


def test_what_a_person_changes_is_what_is_signed(agency: Agency, tmp_path: Path) -> None:
    made = plan(agency, docked(tmp_path / "card"))
    planned = only(made)
    start = Utc(planned.range.start + 5 * SECOND)
    stated = clocks.stated(
        clocks.CameraClock(parse_rfc3339("2026-06-13T19:39:03Z"), ClockSource.CONTAINER, Micros(0)),
        start,
        Micros(200_000),
    )
    changed = made.edit(
        planned.key,
        officer="Sgt. B. Laine",
        badge="0417",
        incidents=("INC-78",),
        event_type="arrest",
        restricted="a minor is seen",
        clock=stated,
    )
    assert only(made).details == planned.details
    report = write(agency, changed)
    manifest = opened(agency, report.recordings[0].manifest)
    assert (manifest.officer, manifest.officer_id) == ("Sgt. B. Laine 0417", "salo")
    assert (manifest.incidents, manifest.event_type, manifest.restricted) == (("INC-78",), "arrest", "a minor is seen")
    assert manifest.range.start == start
    assert (manifest.clock.source, manifest.clock.uncertainty) == (ClockSource.MANIFEST, 200_000)
    assert manifest.clock.correction == 42 * SECOND


def test_the_gps_clock_can_be_chosen(agency: Agency, tmp_path: Path) -> None:
    made = plan(agency, docked(tmp_path / "card"))
    gps = next(c for c in only(made).clocks if c.clock.source is ClockSource.GPS)
    report = write(agency, made.edit(only(made).key, clock=gps))
    assert report.recordings[0].manifest.clock.source is ClockSource.GPS


def test_what_is_left_out_is_not_written(agency: Agency, tmp_path: Path) -> None:
    video(tmp_path / "a.mp4", seed=1)
    video(tmp_path / "b.mp4", seed=2)
    made = plan(agency, tmp_path / "a.mp4", tmp_path / "b.mp4")
    report = write(agency, made.want(made.recordings[0].key, False))
    assert len(report.recordings) == 1
    assert report.refused == report.known == ()


def test_a_key_that_is_none_is_an_error_of_the_program(agency: Agency, tmp_path: Path) -> None:
    made = plan(agency, video(tmp_path / "a.mp4"))
    with pytest.raises(KeyError):
        made.edit("nothing", officer="X")
    with pytest.raises(TypeError):
        made.edit(only(made).key, colour="red")
    assert made.want(only(made).key, False).bytes == 0
