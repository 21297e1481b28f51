"""References follow: names, clocks that are corrected, texts that change, things that are withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.annotation import Mark
from reviewer.domain.case_acts import (
    AllegationSet,
    DocumentSet,
    ExhibitSet,
    LinesSet,
    TranscriptSet,
)
from reviewer.domain.events import BookmarkAdded, BookmarkWithdrawn
from reviewer.domain.reference import Reference, Referred, plain
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.transcript import Line
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.domain.wording import LocalZone
from reviewer.records.database import open_database
from reviewer.records.queries import Queries
from reviewer.services.case import CaseFile
from reviewer.services.references import Footing, References
from tests.services.test_case import CASE, Logs
from tests.services.test_transcript import BEGAN, recording

AT = Utc(BEGAN + 14_900_000)
ZONE = LocalZone.named("Europe/Helsinki")
MANIFEST = replace(recording(60), officer="Ofc. A. Niemi 2214")


class Later(WallTime):
    """Clocks by which everything was a minute later."""

    def to_wall(self, recording: str, stated: Utc) -> Utc:
        return Utc(stated + 60 * SECOND)

    def to_stated(self, recording: str, wall: Utc) -> Utc:
        return Utc(wall - 60 * SECOND)

    def range_to_wall(self, recording: str, stated: TimeRange) -> TimeRange:
        return TimeRange(self.to_wall(recording, stated.start), self.to_wall(recording, stated.end))


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    path = tmp_path / "records.sqlite"
    conn = open_database(path)
    made = Logs(path, conn)
    mark = Mark("rec-1", 0, Micros(14_900_000), Micros(14_900_000))
    made.record(BookmarkAdded(CASE, "m1", TimeRange(AT, AT), (mark,), "force", "Arm behind back"))
    yield made
    conn.close()


class Case:
    def __init__(self, logs: Logs) -> None:
        self.queries = Queries(logs.path)
        self.file = CaseFile(logs.record, self.queries, CASE)

    def says(self, text: str, clocks: WallTime = SIGNED) -> str:
        footing = Footing({"rec-1": MANIFEST}, clocks, ZONE)
        return plain(text, References(self.file, self.queries, footing))


@pytest.fixture
def case(logs: Logs) -> Iterator[Case]:
    made = Case(logs)
    yield made
    made.queries.close()


MARK = Reference(Referred.MARK, "m1").token


def test_a_mark_reads_as_its_time_and_goes_with_the_clock(case: Case) -> None:
    assert case.says(f"at {MARK}.") == "at 22:42:14.9."
    assert case.says(f"at {MARK}.", Later()) == "at 22:43:14.9."
    place = Reference.footage("rec-1", 0, Micros(14_900_000)).token
    assert (case.says(place), case.says(place, Later())) == ("22:42:14.9", "22:43:14.9")
    assert case.says(Reference.time(AT).token, Later()) == "22:42:14.9"  # belongs to no camera


def test_an_exhibit_follows_its_number_and_its_mark(case: Case, logs: Logs) -> None:
    id_ = case.file.add(ExhibitSet, {"mark": "m1", "allegation": "a", "stance": "for"}).result()
    cited = Reference(Referred.EXHIBIT, id_).token
    assert case.says(cited) == "E1"
    case.file.change(ExhibitSet, id_, {"number": "4"}).result()
    assert case.says(cited) == "E4"
    logs.record(BookmarkWithdrawn(CASE, "m1"))
    assert case.says(cited) == "E4 (withdrawn)"
    assert case.says(MARK) == "22:42:14.9 (withdrawn)"


def test_what_is_withdrawn_says_so_and_comes_back(case: Case) -> None:
    exhibit = case.file.add(ExhibitSet, {"mark": "m1", "allegation": "a", "stance": "for"}).result()
    allegation = case.file.add(AllegationSet, {"title": "Force"}).result()
    document = case.file.add(DocumentSet, {"name": "a.pdf", "what": "use-of-force report"}).result()
    text = " ".join(
        reference.token
        for reference in (
            Reference(Referred.EXHIBIT, exhibit),
            Reference(Referred.ALLEGATION, allegation),
            Reference(Referred.DOCUMENT, document, "2"),
        )
    )
    assert case.says(text) == "E1 A1 Use-of-force report, p. 2"
    for kind, id_ in ((ExhibitSet, exhibit), (AllegationSet, allegation), (DocumentSet, document)):
        case.file.withdraw(kind, id_).result()
    assert case.says(text) == "E1 (withdrawn) A1 (withdrawn) Use-of-force report, p. 2 (withdrawn)"
    case.file.restore(ExhibitSet, exhibit).result()
    assert case.says(text).startswith("E1 A1 (withdrawn)")


def test_a_line_of_a_transcript_is_cited_by_its_place(case: Case) -> None:
    id_ = case.file.add(TranscriptSet, {"recording": "rec-1", "name": "Niemi"}).result()
    line = Line("k1", 0, Micros(2 * SECOND), Micros(4 * SECOND), "Step back.", "Niemi")
    case.file.change(LinesSet, id_, {"k1": line.value}).result()
    cited = Reference.line(id_, "k1").token
    assert (case.says(cited), case.says(cited, Later())) == ("22:42:02.0", "22:43:02.0")
    case.file.change(LinesSet, id_, {"k1": ""}).result()
    assert case.says(cited) == "line (withdrawn)"


def test_what_is_not_in_this_case_says_so(case: Case) -> None:
    assert case.says("{exhibit:x} {mark:x} {footage:rec-9 0 1} {line:x/y} {time:noon}") == (
        "[exhibit not in this case] [mark not in this case] [recording not in this case]"
        " [line of a transcript not in this case] [time not in this case]"
    )


def test_everything_that_can_be_cited_is_offered_with_what_it_is(case: Case) -> None:
    case.file.add(ExhibitSet, {"mark": "m1", "allegation": "a", "stance": "for", "text": "The arm"}).result()
    offered = References(case.file, case.queries, Footing({"rec-1": MANIFEST}, SIGNED, ZONE)).all()
    assert [(target.words, target.recordings) for _, target in offered] == [
        ("E1", ("rec-1",)),
        ("22:42:14.9", ("rec-1",)),
    ]
    about = "Ofc. A. Niemi 2214 · 13 Jun 2026 22:42:14.9 (UTC+3), 19:42:14.9 UTC"
    assert [target.about for _, target in offered] == [
        f"The arm · Arm behind back · {about}",
        f"Arm behind back · {about}",
    ]


def test_a_place_of_the_wall_is_found_on_the_footage() -> None:
    footing = Footing({"rec-1": MANIFEST}, Later(), ZONE)
    assert footing.place("rec-1", Utc(AT + 60 * SECOND)) == (0, 14_900_000)
    assert footing.place("rec-1", BEGAN) is None
    assert footing.place("rec-9", BEGAN) is None
    assert footing.wall("rec-1", 1, Micros(0)) is None
