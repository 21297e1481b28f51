"""The queue: what is assigned to me, what of it is here, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from reviewer.domain.recording import Kind, Manifest
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.records.queries import Queries
from reviewer.records.queries import Watched as Seen
from reviewer.services import custody
from reviewer.services.grants import Grants
from reviewer.services.queue import Integrity, NextStep, Queue, QueueCase, read_queue, watched_by
from reviewer.services.sync import Sync
from tests.services.agency import CASE, NOW, YEAR, Agency, flip, keys


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    return Agency(tmp_path)


def _queue(agency: Agency, who: str = "salo") -> Queue:
    trust = agency.trust()
    grants = Grants(trust, keys(who), now=lambda: agency.now)
    return read_queue(trust, agency.workspace, who, grants=grants, now=lambda: agency.now)


def _case(agency: Agency) -> QueueCase:
    (case,) = _queue(agency).cases
    return case


def _fetch(agency: Agency, *manifests: Manifest) -> None:
    Sync(agency.workspace, agency.store, lambda _: None).fetch(CASE, manifests)


def test_nothing_assigned_is_an_empty_queue(agency: Agency) -> None:
    queue = _queue(agency, "falk")
    assert (queue.cases, queue.problems) == ((), ())
    assert queue.contact.reached == NOW


def test_a_case_goes_from_fetch_to_review(agency: Agency) -> None:
    first = agency.recording("r1", b"one", b"two")
    second = agency.recording("r2", b"three")
    agency.assign("r1", "r2")
    case = _case(agency)
    assert (case.title, case.issued_by, case.role) == ("Aleksanterinkatu × Mikonkatu", "S. Aro", "investigator")
    assert (case.here, len(case.recordings), case.next_step) == (0, 2, NextStep.FETCH)
    assert [(r.number, r.recording_id, r.objects) for r in case.recordings] == [(1, "r1", 2), (2, "r2", 1)]
    assert case.integrity_words == "0 of 2 checked"
    assert case.bytes == first.sealed_bytes + second.sealed_bytes
    _fetch(agency, first)
    case = _case(agency)
    assert (case.here, case.bytes_here, case.next_step) == (1, first.sealed_bytes, NextStep.FETCH)
    assert case.integrity_words == "1 of 2 checked"
    _fetch(agency, second)
    case = _case(agency)
    assert (case.here, case.next_step, case.integrity_words) == (2, NextStep.REVIEW, "2 of 2 verified")


def test_a_corrupt_recording_is_named(agency: Agency) -> None:
    first = agency.recording("r1", b"one", b"two")
    second = agency.recording("r2", b"three")
    agency.assign("r1", "r2")
    name = first.parts[1].object
    flip(agency.store.root / "objects" / name[:2] / name)
    _fetch(agency, first, second)
    case = _case(agency)
    assert (case.integrity_words, case.next_step) == ("1 of 2 corrupt", NextStep.FETCH_AGAIN)
    assert case.recordings[0].quarantined == ("Ofc. A. Niemi 2214, part 2",)


def test_what_is_here_and_may_not_be_opened_is_not_called_verified(agency: Agency) -> None:
    first, second = agency.recording("r1", b"one"), agency.recording("r2", b"two")
    agency.assign("r1", "r2")
    _fetch(agency, first, second)
    assert _case(agency).integrity_words == "2 of 2 verified"
    agency.put_manifest(replace(first, n=2, restricted="a minor"))  # one person signed the assignment
    case = _case(agency)
    assert case.integrity_words == "1 of 2 not open"
    assert [r.integrity for r in case.recordings] == [Integrity.SHUT, Integrity.VERIFIED]
    assert "restricted" in case.problems[0].message


def test_stills_are_counted_beside_their_camera(agency: Agency) -> None:
    video = agency.recording("r1", b"one")
    still = agency.recording("s1", b"picture")
    agency.put_manifest(replace(still, n=2, kind=Kind.STILL, still_of="r1"))
    agency.assign("r1", "s1")
    (recording,) = _case(agency).recordings
    assert (recording.stills, recording.objects) == (1, 2)
    _fetch(agency, video)
    assert not _case(agency).recordings[0].here


def test_what_exists_for_the_incident_and_is_not_assigned_is_shown_by_its_times_only(agency: Agency) -> None:
    for name in ("r1", "r2", "r3"):
        made = agency.recording(name, name.encode())
        number = "INC-1" if name != "r3" else "INC-2"
        agency.put_manifest(replace(made, n=2, incidents=(number,)))
    agency.assign("r1")
    case = _case(agency)
    assert [r.recording_id for r in case.recordings] == ["r1"]
    assert [n.recording_id for n in case.not_assigned] == ["r2"]


def test_windows_watched_and_resume_come_through(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.recording("r2", b"two")
    window = TimeRange(NOW, Utc(NOW + 3 * SECOND))
    order = replace(agency.order("r1"), recordings={"r1": window, "r2": None})
    custody.assign(agency.trust(), order, keys("aro"), keys("custody"))
    queue = read_queue(
        agency.trust(),
        agency.workspace,
        "salo",
        resume=lambda case: Utc(NOW + 5) if case == CASE else None,
        watched=lambda _case, manifest: 1.0 if manifest.recording_id == "r1" else 0.5,
    )
    (case,) = queue.cases
    assert [r.window for r in case.recordings] == [window, None]
    assert case.resume == NOW + 5
    assert case.watched == pytest.approx(0.75)
    assert case.range == TimeRange(NOW, Utc(NOW + 8 * SECOND))


def test_the_nearest_end_comes_first_and_an_ended_one_says_so(agency: Agency) -> None:
    agency.recording("r1", b"one")
    for case, expires in (("CR-1", None), ("CR-2", Utc(NOW + YEAR)), ("CR-3", Utc(NOW + 5 * SECOND))):
        order = replace(agency.order("r1", case=case), expires=expires)
        custody.assign(agency.trust(), order, keys("aro"), keys("custody"))
    agency.now = Utc(NOW + 6 * SECOND)
    assert [(c.case_id, c.next_step) for c in _queue(agency).cases] == [
        ("CR-3", NextStep.EXPIRED),
        ("CR-2", NextStep.FETCH),
        ("CR-1", NextStep.FETCH),
    ]


def test_a_bad_manifest_hides_only_itself(agency: Agency) -> None:
    agency.recording("r1", b"one")
    agency.recording("r2", b"two")
    agency.assign("r1", "r2")
    agency.workspace = type(agency.workspace)(agency.folder / "fresh")
    flip(agency.store.root / "recordings/r1/1.json", 60)
    queue = _queue(agency)
    (case,) = queue.cases
    assert [r.recording_id for r in case.recordings] == ["r2"]
    assert [p.path for p in case.problems] == ["recordings/r1/1.json"]


def test_the_queue_is_there_when_the_store_is_not(agency: Agency) -> None:
    made = agency.recording("r1", b"one")
    agency.assign("r1")
    before = _case(agency)
    _fetch(agency, made)
    agency.store.root.rename(agency.folder / "away")
    queue = _queue(agency)
    assert queue.contact.trouble is not None
    assert queue.contact.words.endswith("Work goes on with what is on this machine.")
    assert queue.cases[0].title == before.title
    assert queue.cases[0].next_step is NextStep.REVIEW


def test_what_was_watched_counts_once_and_only_slow_enough_to_see(agency: Agency) -> None:
    made = agency.recording("r1", b"one", b"two")  # 8 s each, with 2 s between

    def seen(start: int, end: int, rate: int = 1000, width: int = 640) -> Seen:
        span = TimeRange(Utc(NOW + start * SECOND), Utc(NOW + end * SECOND))
        return Seen("r1", span, rate, width, 360, False, "salo", NOW, "complaint")

    class Rows:
        def watched(self, case: str, recording: str, user: str | None = None) -> tuple[Seen, ...]:
            assert (case, recording, user) == (CASE, "r1", "salo")
            return (seen(0, 4), seen(2, 6, -2000), seen(6, 12, 4000), seen(10, 12, width=0), seen(8, 10))

    share = watched_by(cast(Queries, Rows()), "salo")
    assert share(CASE, made) == pytest.approx(6 / 16)
