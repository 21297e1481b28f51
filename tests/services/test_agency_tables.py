"""The agency's table as a file: what ships is right, what is wrong is named, what is signed counts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from reviewer.domain.agency import DEFAULT, ClockStart
from reviewer.domain.case import CaseState
from reviewer.domain.codec import encode
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.wording import LocalZone
from reviewer.services.agency_tables import (
    EXAMPLES,
    MOST,
    example,
    parsed,
    problems,
    read_tables,
    sign_tables,
    to_json,
    zone_of,
)
from tests.services.agency import Agency, root_key


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_ships_can_be_signed_as_it_is(name: str) -> None:
    tables = example(name)
    assert list(problems(tables)) == []
    assert parsed(to_json(tables).encode(), name) == tables
    assert all(clock.source for clock in tables.clocks)


def test_the_examples_have_the_rules_that_they_are_named_for() -> None:
    assert replace(example("default"), name=DEFAULT.name) == DEFAULT
    calgary = {clock.id: clock for clock in example("calgary").clocks}
    assert (calgary["update"].days, calgary["update"].repeats, calgary["year"].months) == (45, True, 12)
    leca = {clock.id: clock for clock in example("leca").clocks}
    assert (leca["complain"].months, leca["complain"].start) == (6, ClockStart.HAPPENED)
    assert leca["foi"].days == 30


def test_the_zone_in_which_what_goes_out_says_times() -> None:
    assert [example(name).time_zone for name in EXAMPLES] == [None, "America/Edmonton", "America/Toronto"]
    assert zone_of(example("leca"), LocalZone(UTC)) == LocalZone.named("America/Toronto")
    for other in (None, "Nowhere/Town"):
        assert zone_of(replace(DEFAULT, time_zone=other), LocalZone(UTC)) == LocalZone(UTC)
    for wrong in ("", "Nowhere/Town", "../zone"):
        with pytest.raises(ReviewerError, match="time_zone"):
            parsed(_wrong(time_zone=wrong), "table.json")


def _wrong(**changed: object) -> bytes:
    return json.dumps({**encode(DEFAULT), **changed}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{", "is no JSON"),
        (b"\xff", "is no JSON"),
        (b"[" * 40_000, "is no JSON"),
        (b"[]", "t.json"),
        (_wrong(kinds="many"), "kinds"),
        (_wrong(colour="red"), "t.json has a member “colour” that no table has."),
        (_wrong(kinds=[{"id": "force", "words": "Force", "icom": "flag"}]), "t.json, kinds, no. 1 has a member “icom”"),
        (_wrong(dispositions=[]), "“dispositions” is empty"),
        (_wrong(standards=[{"id": "A b", "words": "x"}]), "“A b” in “standards” is no id"),
        (_wrong(policies=[{"id": "a", "words": "x"}] * 2), "“a” stands twice in “policies”."),
        (_wrong(policies=[{"id": "a", "words": " "}]), "“a” in “policies” needs words"),
        (_wrong(kinds=[{"id": "a", "words": "A", "icon": "nope"}]), "the icon “nope”, which does not ship"),
        (_wrong(kinds=[{"id": "a", "words": "A", "tone": "pink"}]), "the tone “pink”"),
        (_wrong(clocks=[{"id": "a", "words": "A", "start": "received"}]), "The clock “a” needs days or months"),
        (_wrong(moves=[]), "No way leads from screening to decided."),
        (
            _wrong(moves=[{"start": "screening", "end": "closed", "roles": ["training"]}]),
            "only investigator or supervisor write into a case",
        ),
        (_wrong(gate={"before": -1}), "“gate” has a stretch"),
    ],
)
def test_what_is_wrong_is_named_in_one_sentence(data: bytes, said: str) -> None:
    with pytest.raises(ReviewerError) as refused:
        parsed(data, "t.json")
    assert said in refused.value.message
    assert refused.value.next_step


def test_a_file_that_is_too_large_or_not_there_is_refused_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (MOST + 1))
    for path in (large, tmp_path / "none.json", tmp_path):
        with pytest.raises(ReviewerError):
            read_tables(path)


def test_what_is_signed_counts_and_keeps_what_the_one_before_allowed(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    trust = agency.trust()
    signed = sign_tables(trust, root_key(), example("leca")).agency_tables
    assert (signed.name, signed.version) == ("LECA (Ontario), an example", 2)
    narrow = replace(example("default"), moves=tuple(m for m in DEFAULT.moves if Role.INVESTIGATOR not in m.roles))
    narrow = replace(narrow, moves=(*narrow.moves, replace(DEFAULT.moves[6], roles=(Role.SUPERVISOR,)),
                                    replace(DEFAULT.moves[1], roles=(Role.SUPERVISOR,))))  # fmt: skip
    third = sign_tables(trust, root_key(), narrow).agency_tables
    assert [former.version for former in third.former] == [1, 2]
    way = third.move(CaseState.SCREENING, CaseState.INVESTIGATION, 2)
    assert way is not None
    assert Role.INVESTIGATOR in way.roles
    now = third.move(CaseState.SCREENING, CaseState.INVESTIGATION)
    assert now is not None
    assert now.roles == (Role.SUPERVISOR,)


def test_a_table_that_is_wrong_is_not_signed(tmp_path: Path) -> None:
    agency = Agency(tmp_path)
    with pytest.raises(ReviewerError, match="empty"):
        sign_tables(agency.trust(), root_key(), replace(DEFAULT, kinds=()))
    assert agency.trust().refresh().version == 1
