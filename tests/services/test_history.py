"""Who did what on a case: in words, by names, with what was overwritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.domain.case_acts import (
    AllegationSet,
    CaseMoved,
    Change,
    ComplaintSet,
    DocumentSet,
    NarrativeSet,
    PersonSet,
)
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import Queries
from reviewer.services.history import History, Lost, history, of_person
from reviewer.services.logwords import Names
from tests.services.test_case import CASE, Logs, logs

__all__ = ["logs"]
NAMES = Names(lambda user: user.upper(), lambda recording: recording)


@pytest.fixture
def queries(logs: Logs) -> Iterator[Queries]:
    queries = Queries(logs.path)
    yield queries
    queries.close()


def read(queries: Queries, most: int = 5_000) -> History:
    return history(queries, CASE, NAMES, LocalZone.named("Europe/Helsinki"), most=most)


def test_entries_say_who_and_what_by_names_and_local_times(logs: Logs, queries: Queries) -> None:
    logs.record(PersonSet(CASE, "p1", (Change("name", "A. Niemi"), Change("role", "subject officer"))))
    start = Change("start", "2026-06-13T19:42:00.000000Z")
    logs.record(
        AllegationSet(CASE, "a1", (Change("number", "1"), Change("title", "Force"), Change("officer", "p1"), start))
    )
    logs.record(CaseMoved(CASE, "aro:1", "investigation", "screening"), "aro")
    done = {each.did: each for each in read(queries).done}
    assert done["Allegation written"].subject == "A1 Force"
    assert done["Allegation written"].what == "title “Force” · officer “A. Niemi” · from “13 Jun 2026 22:42:00”"
    assert (done["Case moved"].user, done["Case moved"].what) == ("aro", "screening → investigation")
    assert read(queries).people == ("aro", "salo")
    assert [each.user for each in of_person(read(queries).done, "aro")] == ["aro"]


def test_hashes_numbers_of_an_order_and_tokens_are_left_to_the_log(logs: Logs, queries: Queries) -> None:
    bytes_ = Change("object", "71f0" * 16), Change("sha256", "b923" * 16), Change("key", "Z9tX"), Change("size", "460")
    paper = (Change("name", "Dispatch.txt"), *bytes_)
    logs.record(DocumentSet(CASE, "d", paper), lamport=1)
    told = Change("text", "At {time:2026-06-13T19:42:00.000000Z} they fall"), Change("place", "1000000")
    logs.record(NarrativeSet(CASE, "n", told), lamport=2)
    logs.record(NarrativeSet(CASE, "n", (Change("place", "3000000", "1000000"),)), lamport=3)
    whats = [each.what for each in read(queries).done]
    assert whats == ["place “3000000” (was “1000000”)", "text “At [time] they fall”", "name “Dispatch.txt”"]


def test_a_value_that_its_author_had_not_seen_stands_as_overwritten_with_whose_it_was(
    logs: Logs, queries: Queries
) -> None:
    logs.record(ComplaintSet(CASE, "", (Change("place", "Corner"),)), "salo", lamport=1)
    logs.record(ComplaintSet(CASE, "", (Change("place", "Square", "Corner"),)), "virta", lamport=5)
    logs.record(ComplaintSet(CASE, "", (Change("place", "Bridge", "Corner"),)), "salo", lamport=7)
    found = [each.lost for each in read(queries).done]
    assert [each for each in found if each] == [(Lost("place", "Square", "virta"),)]


def test_taken_off_and_set_back_are_said_and_the_newest_come_first(logs: Logs, queries: Queries) -> None:
    logs.record(PersonSet(CASE, "p", (Change("name", "B"),)), lamport=1)
    logs.record(PersonSet(CASE, "p", (Change("withdrawn", "yes"),)), lamport=2)
    logs.record(PersonSet(CASE, "p", (Change("withdrawn", "", "yes"),)), lamport=3)
    whats = {each.what for each in read(queries).done}
    assert whats == {"name “B”", "taken off the case", "set back"}
    short = read(queries, most=1)
    assert (len(short.done), short.count) == (1, 3)
