"""The words of a store check: of every fault one clear sentence, and the next step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewer.domain.storecheck import Fault, Finding
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services import storecheck_words as words
from reviewer.stores.base import ObjectStat
from reviewer.stores.folder import FolderStore
from tests.services.agency import NOW

DAY = 86_400 * SECOND
OLD = ObjectStat("objects/ab/abc", 1_234_567, None, Utc(NOW - 3 * DAY))
YOUNG = ObjectStat("objects/ab/abc", 1, None, Utc(NOW - SECOND))
PATH, LABEL = OLD.path, "Ofc. A. Niemi 2214, part 2"
FOUND = (
    words.not_believed("recordings/r1/1.json", "a stranger signed it.", "Ask."),
    words.gap("roster", 1, 1),
    words.gap("roster", 1, 3),
    words.lost("roster/1.json"),
    words.rolled_back(1, 2),
    words.exchanged(2),
    words.expired(2, NOW),
    words.no_custody("recordings/r1/1.json", "r1"),
    words.custody_partly("recordings/r1/1.json", "r1", ["custody-1", "custody-2"]),
    words.no_recording("assignments/c/1.json", "r1"),
    words.missing(PATH, LABEL, "r1", 2_000_000_000),
    words.wrong_size(PATH, LABEL, "r1", 10, 20),
    words.wrong_size(PATH, LABEL, "r1", 30, 20),
    words.contradicted(PATH, LABEL, "r1", (10, 20)),
    words.wrong_bytes(PATH, LABEL, "r1", "ab" * 32),
    words.unreadable(PATH, LABEL, "r1", "The disk cannot be read."),
    words.orphan(OLD, NOW),
    words.orphan(YOUNG, NOW),
    words.orphan(ObjectStat(PATH, 5, None, None), NOW),
    words.leftover(OLD, NOW),
    words.strange("readme.txt"),
    words.written_again(PATH, (OLD,)),
    words.written_again(PATH, (OLD, YOUNG)),
    words.written_again(PATH, (ObjectStat(PATH, 5, "v2", None),)),
    words.removed(PATH, NOW),
    words.removed(PATH, None),
    words.not_locked(PATH),
    words.weakly_locked(PATH, "GOVERNANCE", NOW),
    words.lock_ended(PATH, NOW),
    words.not_write_once(FolderStore(Path("/somewhere"))),
    words.log("agency/ws-1/salo/work/1", "The log is cut short."),
    words.log_place("logs", "There are no logs.", "Ask.", empty=True),
    words.log_place("logs/x", "Nobody may sign this log.", "Ask.", empty=False),
    words.bodies("agency/ws-1/salo/work/1", 1),
    words.bodies("agency/ws-1/salo/work/1", 2_000),
)


@pytest.mark.parametrize("finding", FOUND, ids=lambda found: f"{found.fault.value}: {found.message[:24]}")
def test_a_clear_sentence_and_the_next_step(finding: Finding) -> None:
    for said in (finding.message, finding.next_step):
        assert re.fullmatch(r"[A-Z0-9r“].{2,240}\.", said), said
        assert not re.search(r"None|\bError|\{|  ", said), said


def test_every_fault_has_its_words() -> None:
    assert {each.fault for each in FOUND} == set(Fault)


def test_one_and_many_are_told_apart() -> None:
    said = [each.message for each in FOUND]
    assert "Document 1 is missing in roster, though a later one is there." in said
    assert "Documents 1 to 3 are missing in roster, though a later one is there." in said
    assert any("once, last on" in each for each in said) and any("2 times, last on" in each for each in said)
    assert any(each.startswith("1 body is") for each in said) and any(
        each.startswith("2,000 bodies are") for each in said
    )


def test_sizes_and_ages_as_people_read_them() -> None:
    assert [words.size(n) for n in (1, 2, 1_500, 2_000_000, 3 * 10**9, 4 * 10**12)] == [
        "1 byte",
        "2 bytes",
        "1.5 kB",
        "2.0 MB",
        "3.0 GB",
        "4.0 TB",
    ]
    ages = [words.age(at, NOW) for at in (None, NOW, Utc(NOW - DAY), Utc(NOW - 9 * DAY), Utc(NOW + DAY))]
    assert ages == ["at a time that the store does not say", "today", "a day ago", "9 days ago", "today"]
