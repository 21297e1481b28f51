"""What matters of a case, who watched it, and the command's own words."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.commands.base import instant
from reviewer.commands.coverage import _stretch
from reviewer.domain.assignment import AssignedRecording, Assignment, Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import SpanCamera, ViewClosed
from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.coverage import EVERYWHERE, case_coverage, data_of, relevant, said, who_watched
from reviewer.services.logwords import Names
from tests.records.events_made import meta_of
from tests.ui.review import samples

NAMES = Names(lambda user: user.title(), lambda recording: f"camera {recording}")


@pytest.fixture
def manifest() -> Manifest:
    """Two parts with a gap between them."""
    return samples.manifest(1, ("22:40:00", "22:41:00"), ("22:42:00", "22:43:00"))


def _assigned(*recordings: AssignedRecording) -> Assignment:
    return Assignment("c1", 1, (), recordings, Purpose.COMPLAINT, "aro", Utc(0))


def _closed(recording: str, start: Utc, seconds: int, rate: int = 1000) -> ViewClosed:
    shown = TimeRange(start, Utc(start + seconds * SECOND))
    return ViewClosed("c1", f"s{start}", rate, (SpanCamera(recording, shown, 640, 360, False),), "complaint")


def _folded(tmp_path: Path, *logged: tuple[str, ViewClosed]) -> Queries:
    path = tmp_path / "records.sqlite"
    with closing(open_database(path)) as conn:
        for index, (user, event) in enumerate(logged):
            projections.apply(conn, event, meta_of(event, f"pd/ws1/{user}/access/1", index, index))
    return Queries(path)


def test_what_was_not_recorded_is_not_never_seen(manifest: Manifest) -> None:
    assert len(manifest.rolling) == 2
    key = manifest.recording_id
    assigned = _assigned(AssignedRecording(key, ""))
    assert relevant(assigned, [manifest]) == {key: manifest.rolling}
    second = manifest.rolling[1]
    window = TimeRange(Utc(manifest.rolling[0].end - SECOND), Utc(second.start + SECOND))
    matters = relevant(_assigned(AssignedRecording(key, "", window)), [manifest])
    assert [part.duration for part in matters[key]] == [SECOND, SECOND]
    assert relevant(assigned, [manifest], stretch=TimeRange(second.start, second.end))[key] == (second,)
    assert relevant(_assigned(), [manifest]) == {}
    assert relevant(assigned, [manifest], recordings=("other",)) == {}
    assert relevant(assigned, [replace(manifest, kind=Kind.STILL)]) == {}


def test_together_alone_and_at_a_second(tmp_path: Path, manifest: Manifest) -> None:
    key, start = manifest.recording_id, manifest.range.start
    matters = relevant(_assigned(AssignedRecording(key, "")), [manifest])
    views = (("salo", _closed(key, start, 48)), ("aro", _closed(key, start, 60, rate=4000)))
    with closing(_folded(tmp_path, *views)) as queries:
        found = case_coverage(queries, "c1", matters)
        assert found.sentence == "40 % of the relevant 2 min watched; 1 min never seen by anybody."
        assert list(found.people) == ["salo", "aro"]
        only = case_coverage(queries, "c1", matters, {"aro": "S. Aro"})
        assert only.sentence == "Nothing of the relevant 2 min watched by S. Aro; 1 min never seen by S. Aro."
        later = Utc(start + 50 * SECOND)
        assert [view.user for view in who_watched(queries, "c1", {key: later})] == ["aro"]
        words = said(found, NAMES)
    assert words[0] == found.sentence
    assert f"camera {key}: {found.sentence}" in words
    assert "Salo" in " ".join(words)
    data = data_of(found)
    assert (data["together"]["watched_us"], data["together"]["never_seen_us"]) == (48 * SECOND, 60 * SECOND)
    assert data["together"]["manners_us"] == {"silent": 48 * SECOND, "faster": 12 * SECOND, "never": 60 * SECOND}


def test_times_on_the_command_line() -> None:
    assert instant("1970-01-01T02:00:01+02:00") == SECOND
    with pytest.raises(argparse.ArgumentTypeError, match="no time with its offset"):
        instant("19:42")
    assert _stretch(argparse.Namespace(since=None, until=None)) == EVERYWHERE
    with pytest.raises(ReviewerError, match="ends before it starts"):
        _stretch(argparse.Namespace(since=Utc(2), until=Utc(1)))
