"""The story of a case: sections in their order, written by several people, what was written over unseen shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.case_acts import Change, NarrativeSet
from reviewer.domain.errors import ReviewerError
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.narrative import Narrative
from tests.services.test_case import CASE, Logs


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    yield Logs(path, conn)
    conn.close()


@pytest.fixture
def story(logs: Logs) -> Iterator[Narrative]:
    queries = Queries(logs.path)
    yield Narrative(CaseFile(logs.record, queries, CASE))
    queries.close()


def titles(story: Narrative) -> str:
    return "".join(section.title for section in story.sections())


def test_sections_stand_in_the_order_that_people_gave_them(story: Narrative) -> None:
    ids = {title: story.add(title).result() for title in "ABCD"}
    assert titles(story) == "ABCD"
    for id_, by, then in (("D", -1, "ABDC"), ("D", -1, "ADBC"), ("A", 1, "DABC"), ("D", 1, "ADBC"), ("C", -1, "ADCB")):
        moved = story.move(ids[id_], by)
        assert moved is not None
        moved.result()
        assert titles(story) == then
    assert story.move(ids["A"], -1) is None
    assert story.move(ids["B"], 1) is None
    story.withdraw(ids["D"]).result()
    assert titles(story) == "ACB"


def test_many_moves_between_the_same_two_end_as_asked(story: Narrative) -> None:
    ids = {title: story.add(title).result() for title in "ABC"}
    for _ in range(60):
        for title, by in (("C", -1), ("B", -1)):
            moved = story.move(ids[title], by)
            if moved is not None:
                moved.result()
    assert sorted(titles(story)) == ["A", "B", "C"]


def test_two_that_were_given_one_place_can_be_told_apart(story: Narrative, logs: Logs) -> None:
    first = story.add("A").result()
    place = str(story.sections()[0].place)
    logs.record(NarrativeSet(CASE, "other", (Change("title", "B"), Change("place", place))), user="virta")
    assert titles(story) == "AB"
    moved = story.move(first, 1)
    assert moved is not None
    moved.result()
    assert titles(story) == "BA"


def test_what_was_written_over_unseen_is_kept_until_somebody_puts_it_back(story: Narrative, logs: Logs) -> None:
    id_ = story.add("A", "one").result()
    logs.record(NarrativeSet(CASE, id_, (Change("text", "theirs", "one"),)), user="virta")
    story.write(id_, {"text": "mine"}, {"text": "one"}).result()
    lost = story.lost()[id_]
    assert (lost.before, lost.user) == ("theirs", "salo")
    story.write(id_, {"text": "mine\n\ntheirs"}, {"text": "mine"}).result()
    assert story.lost() == {}


def test_ten_thousand_characters_in_a_title_are_refused(story: Narrative) -> None:
    id_ = story.add("A").result()
    with pytest.raises(ReviewerError, match="The title has 10,000 characters"):
        story.write(id_, {"title": "x" * 10_000}, {"title": "A"})
    assert titles(story) == "A"
