"""Requests for copies, their clock, what a copy is made of, and the list before it leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from reviewer.domain.agency import DEFAULT, ClockStart, StatutoryClock
from reviewer.domain.codec import encode
from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.event import Event
from reviewer.domain.making_acts import CopyMade, CopyReleased
from reviewer.domain.recording import Clock, ClockSource, Ingest, Kind, Manifest, Part
from reviewer.domain.redaction import (
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    Redaction,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
)
from reviewer.domain.render import Purpose, RenderPlan
from reviewer.domain.request import Answer, Request, RequestKind
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, parse_rfc3339
from reviewer.records import projections
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.disclosure import (
    BURNED_IN,
    LOOKED,
    STANDARD,
    Requests,
    Said,
    clock_of,
    due_of,
    left_words,
    mark,
    plan_of,
    stretches_of,
)
from reviewer.services.journal import Recorded
from reviewer.services.release import (
    Confirmed,
    Point,
    PointId,
    Releaser,
    confirmed,
    making,
    open_points,
    points,
    reasons_used,
    release,
)
from reviewer.services.rendering_job import plan_sha256
from tests.records.events_made import meta_of

CASE, REC = "FOI-1", "rec-1"
START = parse_rfc3339("2026-06-13T19:41:00Z")
RECEIVED = parse_rfc3339("2026-07-01T09:00:00Z")
DAY = 86_400 * SECOND


def at(seconds: int) -> Utc:
    return Utc(START + seconds * SECOND)


ASKED = Request(
    "",
    RequestKind.ACCESS,
    "FOI-2026-088",
    "M. Virtanen",
    received=RECEIVED,
    start=at(10),
    end=at(100),
    recordings=(REC,),
    second="aro",
)


def manifest(kind: Kind = Kind.VIDEO) -> Manifest:
    """A minute, ten seconds off, a minute."""
    parts = tuple(Part("0" * 64, 1, "0" * 64, 1, at(s), Micros(60 * SECOND)) for s in (0, 70))
    clock = Clock(ClockSource.GPS, Micros(1_000))
    return Manifest(REC, "agency", kind, parts, clock, Ingest("s", START, "1"), (), officer="Ofc. A. Niemi 2214")


def mask(n: int = 1, start: int = 20, end: int = 40, **more: object) -> Mask:
    frames = (Keyframe(at(start), (Spot(0, 0), Spot(100_000, 100_000))),)
    made = Mask(
        f"m{n}",
        "r1",
        REC,
        Target.FACE,
        MaskShape.BOX,
        MaskStyle.SOLID,
        at(start),
        at(end),
        frames,
        "third_party",
        number=n,
    )
    return replace(made, **more)  # type: ignore[arg-type]


SOUND = SoundEdit("s1", "r1", REC, at(30), at(31), SoundWay.MUTE, "personal", "an address", 1)
CUT = Withheld("w1", "r1", REC, at(80), at(90), "youth", "a youth", 1)


@dataclass
class Logs:
    path: Path
    conn: sqlite3.Connection
    lamport: Iterator[int] = field(default_factory=lambda: count(1))
    events: list[Event] = field(default_factory=list)

    def record(self, event: Event, user: str = "hill") -> Future[Recorded]:
        n = next(self.lamport)
        meta = meta_of(event, f"agency/desk/{user}/work/1", n, n, at=START + n)
        with self.conn:
            projections.apply(self.conn, event, meta)
        self.events.append(event)
        done: Future[Recorded] = Future()
        done.set_result(Recorded(event, meta.origin, meta.index, meta.at))
        return done


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    yield Logs(path, conn)
    conn.close()


@pytest.fixture
def queries(logs: Logs) -> Iterator[Queries]:
    made = Queries(logs.path)
    yield made
    made.close()


@pytest.fixture
def requests(logs: Logs, queries: Queries) -> Requests:
    return Requests(CaseFile(logs.record, queries, CASE))


# The register


def test_a_request_reads_as_it_was_registered(requests: Requests) -> None:
    id_ = requests.register(replace(ASKED, contact="Kalevankatu 3", fee="none")).result()
    assert requests.one(id_) == replace(ASKED, id=id_, contact="Kalevankatu 3", fee="none")
    assert [each.id for each in requests.all()] == [id_]


@pytest.mark.parametrize(
    ("lacks", "words"),
    [
        ({"number": " "}, "no number"),
        ({"requester": ""}, "who asked"),
        ({"received": None}, "day of receipt"),
        ({"end": at(10)}, "ends before"),
    ],
)
def test_what_lacks_something_is_refused_and_nothing_is_recorded(
    requests: Requests, logs: Logs, lacks: dict[str, object], words: str
) -> None:
    with pytest.raises(ReviewerError, match=words):
        requests.register(replace(ASKED, **lacks))  # type: ignore[arg-type]
    assert not logs.events


def test_a_number_is_given_once_and_the_next_one_is_free(requests: Requests) -> None:
    assert requests.next_number(RequestKind.ACCESS, RECEIVED) == "FOI-2026-001"
    requests.register(ASKED).result()
    with pytest.raises(ReviewerError, match="another request"):
        requests.register(ASKED)
    assert requests.next_number(RequestKind.ACCESS, RECEIVED) == "FOI-2026-089"
    assert requests.next_number(RequestKind.COURT, RECEIVED) == "CT-2026-001"


def test_a_change_sets_what_differs_only(requests: Requests, logs: Logs) -> None:
    id_ = requests.register(ASKED).result()
    before = requests.one(id_)
    assert before is not None
    requests.change(id_, replace(before, fee="12 €"), before).result()
    assert [change.field for change in logs.events[-1].changes] == ["fee"]  # type: ignore[attr-defined]
    requests.withdraw(id_).result()
    assert requests.one(id_) is None and requests.all() == ()


def test_an_answer_stops_the_clock_and_a_refusal_needs_a_reason(requests: Requests) -> None:
    id_ = requests.register(ASKED).result()
    with pytest.raises(ReviewerError, match="No reason"):
        requests.answer(id_, Answer.REFUSED, RECEIVED)
    requests.answer(id_, Answer.PARTLY, Utc(RECEIVED + DAY), ["youth"]).result()
    found = requests.one(id_)
    assert found is not None and (found.answer, found.refusals) == (Answer.PARTLY, ("youth",))
    assert left_words(due_of(DEFAULT, found), Utc(RECEIVED + 40 * DAY)) == "answered in time"


def test_open_requests_come_first_then_the_earlier_one(requests: Requests) -> None:
    late = requests.register(replace(ASKED, number="B", received=Utc(RECEIVED + DAY))).result()
    early = requests.register(replace(ASKED, number="A")).result()
    done = requests.register(replace(ASKED, number="C", answer=Answer.GIVEN, received=Utc(RECEIVED - DAY))).result()
    assert [each.id for each in requests.all()] == [early, late, done]


# The clock


def test_the_clock_counts_the_days_of_the_agencys_table() -> None:
    found = due_of(DEFAULT, ASKED)
    assert clock_of(DEFAULT) is STANDARD and found is not None
    assert left_words(found, Utc(RECEIVED + 18 * DAY)) == "12 days left of 30"
    assert left_words(found, Utc(RECEIVED + 29 * DAY)) == "1 day left of 30"
    assert left_words(found, Utc(RECEIVED + 32 * DAY)).endswith("over")
    assert left_words(due_of(DEFAULT, replace(ASKED, received=None)), RECEIVED) == ""


def test_an_agencys_own_clock_and_an_extension_count_instead() -> None:
    short = replace(DEFAULT, clocks=(StatutoryClock("foi", "Answer", ClockStart.REQUESTED, days=20),))
    assert left_words(due_of(short, ASKED), RECEIVED) == "20 days left of 20"
    extended = replace(ASKED, extended=Utc(RECEIVED + 45 * DAY))
    assert left_words(due_of(DEFAULT, extended), RECEIVED) == "45 days left of 45"


# Plans


def test_a_copy_is_made_of_what_was_asked_for_and_recorded() -> None:
    assert stretches_of(ASKED, manifest()) == (TimeRange(at(10), at(60)), TimeRange(at(70), at(100)))
    everything = replace(ASKED, start=None, end=None)
    assert stretches_of(everything, manifest()) == (TimeRange(at(0), at(60)), TimeRange(at(70), at(130)))


def test_a_plan_hides_what_counts_there_and_changes_with_no_word() -> None:
    outside, open_ = mask(2, 110, 120), mask(3, proposed=Proposed.OPEN)
    redaction = Redaction((mask(), outside, open_), (SOUND,), (CUT,))
    plan = plan_of(ASKED, manifest(), redaction)
    assert plan.purpose is Purpose.DISCLOSURE and plan.recording == REC and plan.rate is None
    assert [m.id for m in plan.redaction.masks] == ["m1"]
    assert plan.redaction.withheld[0].reason == "youth"  # its card says why
    worded = Redaction((mask(words="a neighbour", reason="youth", looked=(at(20),)),), (SOUND,), (CUT,))
    assert plan_sha256(plan_of(ASKED, manifest(), worded)) == plan_sha256(plan)
    longer = Redaction((mask(end=41),), (SOUND,), (CUT,))
    assert plan_sha256(plan_of(ASKED, manifest(), longer)) != plan_sha256(plan)


def test_cards_say_times_in_the_agencys_zone_and_plans_of_before_keep_their_hash() -> None:
    here = "Europe/Helsinki"
    assert plan_of(ASKED, manifest(), Redaction(), zone=here).zone == here  # a gap between two stretches
    cut = replace(ASKED, start=at(75))
    assert plan_of(cut, manifest(), Redaction((), (), (CUT,)), zone=here).zone == here
    whole = plan_of(cut, manifest(), Redaction((mask(),)), zone=here)
    assert whole.zone is None and "zone" not in encode(whole)  # no card: what changes no frame changes no plan
    assert plan_sha256(whole) == plan_sha256(plan_of(cut, manifest(), Redaction((mask(),))))
    assert plan_sha256(plan_of(ASKED, manifest(), Redaction(), zone=here)) != plan_sha256(
        plan_of(ASKED, manifest(), Redaction())
    )


def test_nothing_is_hidden_for_a_prosecutor() -> None:
    plan = plan_of(replace(ASKED, kind=RequestKind.PROSECUTION), manifest(), Redaction((mask(),)))
    assert plan.redaction == Redaction() and plan.purpose is Purpose.CLIP


def test_a_still_and_what_was_not_recorded_make_no_plan() -> None:
    with pytest.raises(ReviewerError, match="picture"):
        plan_of(ASKED, manifest(Kind.STILL), Redaction())
    with pytest.raises(ReviewerError, match="recorded nothing"):
        plan_of(replace(ASKED, start=at(61), end=at(69)), manifest(), Redaction())


# Before release


def looked(plans: dict[str, RenderPlan], user: str = "aro") -> Confirmed:
    return Confirmed(Said(mark(plans), user, START), Said("yes", "hill", START))


def copy_of(plan: RenderPlan, name: str = "a.mp4") -> CopyMade:
    return CopyMade(CASE, "j1", "disclosure", "r1", plan_sha256(plan), (REC,), name, "f" * 64, 10, ("streams",))


def listed(redaction: Redaction, logs: Logs, queries: Queries, said: Confirmed | None = None) -> dict[PointId, Point]:
    request = replace(ASKED, id="r1")
    plans = {REC: plan_of(request, manifest(), redaction)}
    found = points(
        request,
        redaction,
        plans,
        making(queries, CASE, "r1"),
        said if said is not None else looked(plans),
        {"aro": "S. Aro 0102"},
    )
    return {point.id: point for point in found}


def test_the_list_says_what_is_left(logs: Logs, queries: Queries) -> None:
    unsure = Keyframe(at(25), (Spot(0, 0), Spot(9, 9)), sure=100)
    bad = mask(2, reason="", frames=(*mask(2).frames, unsure))
    redaction = Redaction((mask(), bad, mask(3, proposed=Proposed.OPEN)), (replace(SOUND, reason=""),))
    found = listed(redaction, logs, queries, Confirmed())
    assert not any(point.done for point in found.values())
    assert found[PointId.REASONS].words == "A reason for M2, S1"
    assert found[PointId.PROPOSALS].words == "1 proposal to decide"
    assert found[PointId.UNSURE].words == "1 frame of M2 to look at"
    assert found[PointId.UNSURE].look == (bad, at(25))
    assert found[PointId.SECOND].words == "Second person named: S. Aro 0102, has not looked yet"
    assert found[PointId.MADE].step == "Render"


def test_the_list_is_done_once_all_is_said_and_made(logs: Logs, queries: Queries) -> None:
    redaction = Redaction((mask(),), (SOUND,), (CUT,))
    logs.record(copy_of(plan_of(ASKED, manifest(), redaction))).result()
    assert open_points(listed(redaction, logs, queries).values()) == 0


def test_a_change_after_the_look_or_the_render_opens_the_list_again(logs: Logs, queries: Queries) -> None:
    before = Redaction((mask(),))
    plan = plan_of(ASKED, manifest(), before)
    logs.record(copy_of(plan)).result()
    found = listed(Redaction((mask(end=41),)), logs, queries, looked({REC: plan}))
    assert found[PointId.SECOND].words == "S. Aro 0102 looked before something changed"
    assert not found[PointId.MADE].done and not found[PointId.TRACKS].done


def test_only_the_second_person_can_say_that_they_looked(logs: Logs, queries: Queries) -> None:
    redaction = Redaction((mask(),))
    plans = {REC: plan_of(ASKED, manifest(), redaction)}
    assert not listed(redaction, logs, queries, looked(plans, "hill"))[PointId.SECOND].done
    assert listed(redaction, logs, queries, looked(plans, "aro"))[PointId.SECOND].done


def test_who_said_what_is_read_from_the_log_not_from_a_payload(
    requests: Requests, logs: Logs, queries: Queries
) -> None:
    id_ = requests.register(ASKED).result()
    requests.say(id_, BURNED_IN, "yes").result()
    theirs = Requests(CaseFile(lambda event: logs.record(event, "aro"), queries, CASE))
    theirs.say(id_, LOOKED, "mark").result()
    said = confirmed(requests, id_)
    assert said.looked is not None and (said.looked.user, said.looked.value) == ("aro", "mark")
    assert said.burned_in is not None and said.burned_in.user == "hill"
    requests.say(id_, BURNED_IN, "").result()
    assert confirmed(requests, id_).burned_in is None


def test_a_release_is_an_entry_for_each_copy_and_waits_for_the_list(logs: Logs, queries: Queries) -> None:
    redaction, request = Redaction((mask(),)), replace(ASKED, id="r1")
    plans = {REC: plan_of(request, manifest(), redaction)}
    who = Releaser("hill", CASE, logs.record)
    early = tuple(listed(redaction, logs, queries).values())
    with pytest.raises(ReviewerError, match="is open"):
        release(who, request, early, plans, making(queries, CASE, "r1"))
    logs.record(copy_of(plans[REC])).result()
    done, made = tuple(listed(redaction, logs, queries).values()), making(queries, CASE, "r1")
    with pytest.raises(ReviewerError, match="second person"):
        release(replace(who, user="aro"), request, done, plans, made)
    assert release(who, request, done, plans, made).result() == ("f" * 64,)
    assert isinstance(logs.events[-1], CopyReleased)
    after = making(queries, CASE, "r1").copy_of(REC, plan_sha256(plans[REC]))
    assert after is not None and after.released is not None and after.released.user == "hill"


def test_reasons_are_named_once_in_the_agencys_order() -> None:
    redaction = Redaction((mask(), mask(2)), (SOUND,), (CUT,))
    assert reasons_used(redaction, DEFAULT) == ("Third party", "Personal data", "Youth")
