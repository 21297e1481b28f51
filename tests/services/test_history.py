"""Who did what on a case: in words, by names, with what was overwritten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reviewer.domain.case_acts import (
    AllegationSet,
    CaseMoved,
    Change,
    ClipSet,
    ComplaintSet,
    DocumentSet,
    FindingSet,
    MaskPathSet,
    MaskSet,
    NarrativeSet,
    PersonSet,
    ReelSet,
    RequestSet,
    SoundEditSet,
    TranscriptSet,
    WithheldSet,
)
from reviewer.domain.events import BookmarkAdded, BookmarkWithdrawn
from reviewer.domain.finding_acts import FindingReturned, ReturnAnswered, ReturnWithdrawn
from reviewer.domain.redaction import Mask, MaskShape, MaskStyle, SoundEdit, SoundWay, Target, Withheld
from reviewer.domain.reel import Clip, ClipKind, Reel
from reviewer.domain.request import Request, RequestKind
from reviewer.domain.timebase import TimeRange, Utc, parse_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import Queries
from reviewer.services import logwords
from reviewer.services.disclosure import BURNED_IN, LOOKED, fields_of
from reviewer.services.history import KINDS, History, Lost, history, of_person
from reviewer.services.history_fields import FIELDS
from reviewer.services.logwords import Names
from reviewer.services.papers import Taken
from reviewer.services.redaction_things import FIELDS as HIDDEN
from reviewer.services.reel import clip_fields, reel_fields
from tests.services.test_case import CASE, Logs, logs

__all__ = ["logs"]
NAMES = Names(str.upper, lambda recording: f"Camera of {recording}")
_BOX = Target.FACE, MaskShape.BOX, MaskStyle.SOLID


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
    assert whats == [
        "moved to another place in the order",
        "text “At 13 Jun 2026 22:42:00 they fall”",
        "name “Dispatch.txt”",
    ]


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


def test_every_act_and_every_field_that_is_written_has_words() -> None:
    assert [kind for kind in KINDS if kind not in logwords._DID] == []
    at = Utc(0)
    request, mask = Request("r", RequestKind.ACCESS, "FOI-1"), Mask("m", "r", "c", *_BOX, at, at, ())
    clip = Clip("c", "r", ClipKind.FOOTAGE, 1)
    written = {
        **{RequestSet: {*fields_of(request), BURNED_IN, LOOKED}, ReelSet: reel_fields(Reel("r", "T"))},
        **{ClipSet: clip_fields(clip), MaskSet: HIDDEN[Mask](mask)},
        SoundEditSet: HIDDEN[SoundEdit](SoundEdit("s", "r", "c", at, at, SoundWay.MUTE)),
        WithheldSet: HIDDEN[Withheld](Withheld("w", "r", "c", at, at)),
        FindingSet: {"standard", "disposition", "reasons", "nothing_found", "unwatched_reason"},
        TranscriptSet: {"recording", "name", "source", "format", "note"},
        DocumentSet: Taken("d", "C", "b" * 64, "D.txt", "text", "b" * 64, 1, "k", 1).fields("statement", "n"),
        ComplaintSet: {"opened", "number", "received", "way", "incident", "place", "start", "end", "summary", "paused"},
    }
    missing = {kind.KIND: [name for name in of if name not in FIELDS[kind]] for kind, of in written.items()}
    assert not any(missing.values()), missing


def test_what_is_hidden_asked_for_and_cut_is_said_by_names_and_the_agencys_words(logs: Logs, queries: Queries) -> None:
    asked = (Change("kind", "access"), Change("number", "FOI-1"), Change("recordings", '["cam-1"]'))
    logs.record(RequestSet(CASE, "req", (*asked, Change("second", "aro"), Change("burned_in", "yes"))), lamport=1)
    hides = Change("of", "req"), Change("recording", "cam-1"), Change("reason", "third_party"), Change("number", "2")
    logs.record(MaskSet(CASE, "m", (*hides, Change("target", "face"), Change("proposed", "open"))), lamport=2)
    logs.record(MaskSet(CASE, "m", (Change("proposed", "taken", "open"),)), lamport=3)
    logs.record(MaskPathSet(CASE, "m", (Change("t1", "0:1,2;3,4 9:1,2;3,4"),)), lamport=4)
    logs.record(
        ClipSet(CASE, "c", (Change("title", "Aid"), Change("hold", "8000000"), Change("order", "20"))), lamport=5
    )
    logs.record(ClipSet(CASE, "c", (Change("order", "30", "20"),)), lamport=6)
    logs.record(
        FindingSet(CASE, "a", (Change("disposition", "not_sustained"), Change("nothing_found", "yes"))), lamport=7
    )
    done = [(each.subject, each.what) for each in reversed(read(queries).done)]
    assert done == [
        (
            "FOI-1",
            "kind “freedom of information” · number “FOI-1” · cameras “Camera of cam-1” · second person “ARO” · 1 more",
        ),
        ("M2", "hides “face” · proposal “to be decided” · camera “Camera of cam-1” · reason “Third party” · 1 more"),
        ("M2", "proposal “taken” (was “to be decided”)"),
        ("M2", "placed on 2 frames"),
        ("Aid", "title “Aid” · stands for “8 s”"),
        ("Aid", "moved to another place in the order"),
        ("", "disposition “Not sustained” · nothing was found"),
    ]


def test_what_is_taken_back_is_said_by_what_it_was(logs: Logs, queries: Queries) -> None:
    logs.record(AllegationSet(CASE, "a1", (Change("number", "1"), Change("title", "Force"))), lamport=1)
    logs.record(FindingReturned(CASE, "r1", "a1", "f" * 64, "Say what camera 2 heard."), "aro", lamport=2)
    logs.record(ReturnAnswered(CASE, "x1", "r1", "Nothing."), lamport=3)
    logs.record(ReturnWithdrawn(CASE, "r1"), "aro", lamport=4)
    done = {(each.did, each.subject, each.what) for each in read(queries).done}
    assert done > {
        ("Finding returned", "A1 Force", "“Say what camera 2 heard.”"),
        ("Return answered", "A1 Force", "“Nothing.”"),
        ("Return withdrawn", "A1 Force", "taken back: “Say what camera 2 heard.”"),
    }


def test_a_mark_is_called_by_the_agencys_word_for_its_kind(logs: Logs, queries: Queries) -> None:
    at = TimeRange(*(parse_rfc3339(f"2026-06-13T19:42:{s}Z") for s in ("00", "05")))
    logs.record(BookmarkAdded(CASE, "b1", at, (), "de_escalation", ""), lamport=1)
    logs.record(BookmarkWithdrawn(CASE, "b1"), lamport=2)
    done = [(each.subject, each.what) for each in reversed(read(queries).done)]
    assert done[0][1].startswith("De-escalation · 22:42:00.0 – 22:42:05.0")
    assert done[1] == ("De-escalation 22:42:00", "taken off the case")
