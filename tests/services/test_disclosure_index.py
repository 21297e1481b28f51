"""The index: what is hidden is counted by reason within what is given; a spreadsheet takes nothing for a formula."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from reviewer.domain.agency import DEFAULT
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import Redaction
from reviewer.domain.request import Answer, RequestKind
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.disclosure_index import (
    KINDS,
    Index,
    Listed,
    answer_words,
    facts_of,
    ground,
    hidden_in,
    left_out,
    limits_of,
    report_of,
    to_csv,
    to_json,
    words_of,
)
from tests.services.agency import NOW
from tests.services.copies_room import REDACTION, REQUEST, plan
from tests.services.log_desk import ZONE


def test_only_what_is_within_what_is_given_counts() -> None:
    short = replace(plan(), stretches=(TimeRange(Utc(NOW + SECOND), Utc(NOW + 2 * SECOND)),))
    assert [(h.what, h.micros) for h in hidden_in(short, REDACTION, DEFAULT)] == [
        ("Face", SECOND),
        ("Sound made silent", 0),
    ]


def test_what_has_no_reason_is_refused() -> None:
    for bare, name in (
        (replace(REDACTION, sounds=(replace(REDACTION.sounds[0], reason=""),)), "S1"),
        (replace(REDACTION, withheld=(replace(REDACTION.withheld[0], reason=""),)), "W1"),
    ):
        with pytest.raises(ReviewerError, match=f"{name} has no reason"):
            hidden_in(plan(), bare, DEFAULT) + left_out(plan(), bare, DEFAULT)  # type: ignore[operator]
    with pytest.raises(ReviewerError):
        hidden_in(plan(), Redaction(), DEFAULT)  # a mask that nobody knows any more


def _index(**more: object) -> Index:
    copy = Listed(
        file="copies/=1+1.mp4",
        sha256="0" * 64,
        bytes=12,
        checked_sha256="1" * 64,
        words=words_of(plan(), "", ZONE),
        recordings=("r1",),
        stretches=((NOW, Utc(NOW + SECOND)),),
        hidden=hidden_in(plan(), REDACTION, DEFAULT),
        left=left_out(plan(), REDACTION, DEFAULT),
        checks=("compared",),
        plan="2" * 64,
        encoded=True,
        certified=False,
    )
    made = Index(
        agency="Helsinki",
        number=REQUEST.number,
        kind=KINDS[REQUEST.kind],
        requester="=cmd|' /C calc'!A0",
        asked=REQUEST.asked,
        received=REQUEST.received,
        answer="Given",
        refusals=(ground(DEFAULT, "court"),),
        fee="",
        made_at=NOW,
        made_by="P. Hill 0033",
        copies=(copy,),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_tables_hold_no_formula_and_json_no_float() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(_index()).decode())))
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row)
    assert [row[1] for row in rows[1:]] == ["given", "hidden", "hidden", "withheld", "refused"]
    assert json.loads(to_json(_index()), parse_float=pytest.fail)["copies"][0]["encoded"] is True


def test_page_and_letter_say_what_is_missing() -> None:
    facts = dict(facts_of(_index(), ZONE))
    assert facts["Certificate"] == "none: the copies carry no C2PA manifest" and "Fee" not in facts
    given, hidden, left = report_of(_index(), ZONE).sections
    assert (len(given.rows), len(hidden.rows), len(left.rows)) == (1, 2, 2)
    assert "22:59" in given.rows[0][1] or "23:00" in given.rows[0][1]


def test_what_it_cannot_say_depends_on_what_is_in_it() -> None:
    own = replace(_index().copies[0], encoded=False)
    assert any("nothing is hidden in them" in said for said in limits_of(_index(copies=(own,))))
    assert not any("nothing is hidden in them" in said for said in limits_of(_index()))
    assert len(limits_of(_index(copies=()))) == 2


def test_words() -> None:
    assert words_of(None, "", ZONE) == "File" and words_of(plan(), "Clip", ZONE) == "Clip"
    assert answer_words(REQUEST, ()) == "Refused" and answer_words(REQUEST, ("x",)) == "Given: 1 file"
    assert answer_words(replace(REQUEST, answer=Answer.PARTLY), ("x", "y")) == "Given in part: 2 files"
    assert set(KINDS) == set(RequestKind)
