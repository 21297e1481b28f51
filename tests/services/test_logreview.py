"""The weekly review: what stands out, who may sign, and that a program nobody here wrote verifies it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from reviewer.domain import events as ev
from reviewer.domain.errors import AccessRefused, NotTrusted, StoreUnreachable, WrongPassphrase
from reviewer.domain.log_acts import LogReviewed
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter
from reviewer.services.logreview import (
    WEEK,
    LogReview,
    put_waiting,
    remarked,
    sign_review,
    signed_reviews,
    this_week,
    verify_review,
    weeks_due,
)
from reviewer.services.session import Session
from tests.services.agency import CASE, Agency, keys
from tests.services.log_desk import SECRET, ZONE, agency_with_log, at_work, cosign, watch


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
def agency(tmp_path: Path, cached: Path) -> Agency:
    return agency_with_log(tmp_path, cached)


@pytest.fixture
def aro(agency: Agency) -> Iterator[Session]:
    with at_work(agency, "S. Aro") as session:
        watch(agency, session)
        cosign(agency, session, agency.now)
        yield session


def _later(agency: Agency, micros: int = 60 * SECOND) -> Utc:
    return Utc(agency.now + micros)


def _signed(agency: Agency, aro: Session) -> LogReview:
    week = this_week(aro, "", ZONE, now=lambda: _later(agency))
    return sign_review(aro, week.review, SECRET, now=lambda: _later(agency))


def test_what_stands_out_is_said_as_facts(agency: Agency, aro: Session) -> None:
    week = this_week(aro, "", ZONE, now=lambda: _later(agency))
    why = {entry.meta.kind: why for entry, why in week.stands_out}
    # 20:00 UTC is 23:00 in Helsinki
    night = "viewed between 22:00 and 06:00"
    assert why == {"access_denied": "refused", "view_opened": night, "view_closed": night}
    assert week.review.entries == 6 and {c.origin.split("/")[-2] for c in week.review.logs} == {"access", "work"}


def test_a_signed_review_is_verified_by_another_program_and_the_next_begins_where_it_ended(
    agency: Agency, aro: Session
) -> None:
    week = this_week(aro, "", ZONE, now=lambda: _later(agency))
    refusal = next(entry for entry, why in week.stands_out if why == "refused")
    review = remarked(week.review, [(refusal, "Asked the officer: wrong camera number.")])
    made = sign_review(aro, review, SECRET, now=lambda: _later(agency))
    data = agency.store.get("reviews/aro/1.json")
    key = SSlibKey.from_crypto(keys("aro").signing.public_key(), keyid="aro")
    document = Envelope.from_dict(json.loads(data))
    document.verify([key], 1)
    payload = json.loads(document.payload)
    assert [m["remark"] for m in payload["marked"] if m["remark"]] == ["Asked the officer: wrong camera number."]
    assert all(len(log["root"]) == 64 and log["size"] > 0 for log in payload["logs"])
    with closing(aro.queries()) as queries:
        (entry,) = queries.entries(EntryFilter(kinds=(LogReviewed.KIND,)))
    assert isinstance(entry.event, LogReviewed)
    assert (entry.event.n, entry.event.remarks, entry.event.entries) == (1, 1, made.entries)
    after = this_week(aro, "", ZONE, now=lambda: _later(agency, 3 * WEEK))
    assert (after.review.since, after.review.n, after.weeks) == (made.until, 2, 2)


def test_a_review_of_everybody_counts_for_each_person(agency: Agency, aro: Session) -> None:
    made = _signed(agency, aro)
    assert this_week(aro, "aro", ZONE, now=lambda: _later(agency, WEEK)).review.since == made.until


def test_one_persons_review_says_nothing_of_others(agency: Agency, aro: Session) -> None:
    week = this_week(aro, "salo", ZONE, now=lambda: _later(agency))
    assert week.review.entries == 0
    sign_review(aro, week.review, SECRET, now=lambda: _later(agency))
    assert this_week(aro, "", ZONE, now=lambda: _later(agency)).review.entries > 6


def test_an_investigator_reviews_nothing(agency: Agency) -> None:
    with at_work(agency) as salo, pytest.raises(AccessRefused):
        this_week(salo, "", ZONE)


def test_a_wrong_passphrase_signs_nothing(agency: Agency, aro: Session) -> None:
    week = this_week(aro, "", ZONE, now=lambda: _later(agency))
    with pytest.raises(WrongPassphrase):
        sign_review(aro, week.review, "wrong")
    assert list(agency.store.list("reviews")) == []
    with closing(aro.queries()) as queries:
        assert queries.count(EntryFilter(kinds=(LogReviewed.KIND,))) == 0


def test_what_somebody_else_signed_is_no_review(agency: Agency, aro: Session) -> None:
    made = _signed(agency, aro)
    from reviewer.domain.codec import encode
    from reviewer.sealing import envelope

    forged = envelope.sign("log-review", encode(replace(made, n=2)), "salo", keys("salo").signing)
    with pytest.raises(NotTrusted):
        verify_review(forged, agency.trust().roster())
    agency.store.put_if_absent("reviews/aro/2.json", forged)
    assert [each.n for each in signed_reviews(agency.store, agency.trust().roster())] == [1]


def test_a_number_that_is_taken_is_passed_over(agency: Agency, aro: Session) -> None:
    agency.store.put_if_absent("reviews/aro/1.json", b"{}")
    assert _signed(agency, aro).n == 2


def test_signed_while_the_store_is_away_it_is_put_later(
    agency: Agency, aro: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = this_week(aro, "", ZONE, now=lambda: _later(agency))

    def away(*_args: object) -> None:
        raise StoreUnreachable("The store cannot be reached.", "Try again.")

    with monkeypatch.context() as patched:
        patched.setattr(type(aro.trust.store), "put_if_absent", away)
        with pytest.raises(StoreUnreachable):
            sign_review(aro, week.review, SECRET, now=lambda: _later(agency))
    assert put_waiting(aro) == 1
    assert [each.n for each in signed_reviews(agency.store, agency.trust().roster())] == [1]
    assert ev.EVENTS[LogReviewed.KIND] is LogReviewed and CASE


def test_unsigned_weeks_are_due(agency: Agency, aro: Session) -> None:
    assert weeks_due(aro, now=lambda: _later(agency)) == 0
    assert weeks_due(aro, now=lambda: _later(agency, 2 * WEEK)) == 1
    _signed(agency, aro)
    assert weeks_due(aro, now=lambda: _later(agency, WEEK // 2)) == 0
    assert weeks_due(aro, now=lambda: _later(agency, 3 * WEEK + 120 * SECOND)) == 3
