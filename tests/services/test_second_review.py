"""A blind second review: nobody reads another's first impression before all are in, by no key there is."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain import finding_acts as acts
from reviewer.domain.agency import DEFAULT
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, IntegrityError, ReviewerError
from reviewer.domain.event import Written
from reviewer.domain.finding import Entry
from reviewer.domain.second_review import Agreement, Review, commitment, reviews
from reviewer.domain.timebase import Utc
from reviewer.domain.wording import LocalZone
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.sealing.stream import open_bytes
from reviewer.services.finding_reading import CaseFindings
from reviewer.services.history import KINDS, history
from reviewer.services.logwords import Names
from tests.services.agency import keys
from tests.services.finding_room import A1, A2, ARO, CASE, E1, FALK, SALO, VIRTA, Person, begin, meet


@dataclass
class Pair:
    salo: Person
    virta: Person
    aro: Person

    @property
    def all(self) -> tuple[Person, Person, Person]:
        return self.salo, self.virta, self.aro

    def review(self) -> Review:
        (found,) = self.salo.second.reviews()
        return found


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(*(Person(who, tmp_path / f"{who}.sqlite") for who in (SALO, VIRTA, ARO)))
    begin(*made.all)
    made.aro.second.ask([A1, A2], [SALO, VIRTA]).result()
    meet(*made.all)
    yield made
    for each in made.all:
        each.close()


def test_sealed_until_both_are_in_then_open_and_counted(pair: Pair) -> None:
    id_ = pair.review().id
    pair.salo.second.seal(id_, A1, "sustained", "The arm.").result()
    meet(*pair.all)
    for each in pair.all:
        each.second.open_due()
    (first,) = pair.review().of(A1)
    assert first.impression is None
    assert pair.virta.second.mine(first) is None
    mine = pair.salo.second.mine(first)
    assert mine is not None
    assert mine.words == "The arm."
    pair.virta.second.seal(id_, A1, "sustained").result()
    meet(*pair.all)
    for each in pair.all:
        for done in each.second.open_due():
            done.result()
    meet(*pair.all)
    for each in pair.all:
        (review,) = each.second.reviews()
        assert review.agreement(A1) == Agreement(2, 2, blind=True)
        assert [s.impression.words for s in review.of(A1) if s.impression] == ["The arm.", ""]
        assert review.agreement(A2) is None
        assert each.second.open_due() == ()


def test_nothing_that_the_other_has_opens_what_is_sealed(pair: Pair) -> None:
    """Every key that follows from the others' own, and from everything the log says, is tried."""
    pair.salo.second.seal(pair.review().id, A1, "unfounded", "A secret word.").result()
    meet(*pair.all)
    event = next(e for e, _ in pair.salo.log if isinstance(e, acts.ImpressionSealed))
    said = json.dumps(encode(event))
    assert "unfounded" not in said
    assert "secret" not in said
    for row in pair.virta.conn.execute("SELECT * FROM entries"):
        assert "A secret word." not in "".join(map(str, row))
    sealed = base64.b64decode(event.sealed)
    info = f"reviewer first impression/{CASE}/{event.id}".encode()
    own = keys(SALO).signing
    for signing in (keys(VIRTA).signing, keys(ARO).signing, keys("custody").signing, Ed25519PrivateKey.generate()):
        key = HKDF(SHA256(), 32, None, info).derive(signing.private_bytes_raw())
        with pytest.raises(IntegrityError):
            open_bytes(sealed, key, event.id.encode())
    key = HKDF(SHA256(), 32, None, info).derive(own.private_bytes_raw())
    plain = open_bytes(sealed, key, event.id.encode())  # and with the author's, as the format says
    assert commitment(plain[:32], plain[32:]) == event.commitment
    assert json.loads(plain[32:])["words"] == "A secret word."


def test_who_has_not_sealed_sees_no_finding_of_others_and_signs_none(pair: Pair) -> None:
    id_ = pair.review().id
    assert pair.salo.findings.blocked(A1) == ("Seal your first impression before anything else.",)
    pair.salo.second.seal(id_, A1, "sustained").result()
    finding = pair.salo.writes_and_signs("sustained")
    meet(*pair.all)
    assert A1 in pair.virta.read().hidden_from(VIRTA)
    assert pair.virta.read().hidden_from(SALO) == {A2}
    with pytest.raises(ReviewerError, match="first impression"):
        pair.virta.findings.dissent(finding, "unfounded", "No.")
    assert pair.aro.decisions.blocked(A1) == ("The second review is not complete.",)
    pair.virta.second.seal(id_, A1, "unfounded").result()
    meet(*pair.all)
    assert pair.aro.decisions.blocked(A1) == ("The first impressions are not open yet.",)
    for each in (pair.salo, pair.virta):
        [done.result() for done in each.second.open_due()]
    meet(*pair.all)
    assert pair.aro.decisions.blocked(A1) == ()
    assert pair.review().agreement(A1) == Agreement(0, 2, blind=True)


def test_where_the_agency_asks_for_it_nothing_is_decided_without_a_second_review(tmp_path: Path) -> None:
    tables = replace(DEFAULT, second=True)
    salo, aro = (Person(who, tmp_path / f"{who}.sqlite", tables) for who in (SALO, ARO))
    begin(salo, aro)
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    assert aro.decisions.blocked(A1) == ("This agency asks for a second review. Name two reviewers.",)
    for each in (salo, aro):
        each.close()


def _hides(found: CaseFindings, who: str, entry: LogEntry) -> bool:
    return found.hides(entry.event, entry.meta.actor, who)


def test_history_and_report_leave_out_what_its_reader_is_still_to_judge_blind(pair: Pair) -> None:
    id_ = pair.review().id
    pair.salo.second.seal(id_, A1, "sustained").result()
    pair.salo.writes_and_signs("sustained", f"A secret reason {{exhibit:{E1}}}.")
    meet(*pair.all)
    names = Names(lambda user: user, lambda recording: recording)
    for who, person in (("virta", pair.virta), ("aro", pair.aro)):
        found = person.read()
        told = history(
            person.queries,
            CASE,
            names,
            LocalZone.named("UTC"),
            hides=partial(_hides, found, who),
        )
        said = " ".join(each.what for each in told.done)
        assert ("secret" in said) == ("Sustained" in said) == (who == "aro")
        assert (A1 in found.courses_for(who)) == (who == "aro")
        assert told.count == pair.aro.queries.count(EntryFilter(case=CASE, kinds=KINDS))


def test_an_impression_is_sealed_once_and_nothing_else_can_be_said_to_have_been_it(pair: Pair) -> None:
    id_ = pair.review().id
    first = pair.salo.second.seal(id_, A1, "sustained").result()
    with pytest.raises(ReviewerError, match="sealed already"):
        pair.salo.second.seal(id_, A1, "unfounded")
    pair.virta.second.seal(id_, A1, "sustained").result()
    meet(*pair.all)
    other = json.dumps({"v": 1, "case": CASE, "review": id_, "allegation": A1, "by": SALO, "disposition": "unfounded"})
    pair.salo.record(acts.ImpressionOpened(CASE, first, "00" * 32, other)).result()
    assert pair.review().of(A1)[0].impression is None
    [done.result() for done in pair.salo.second.open_due()]
    found = pair.review().of(A1)[0].impression
    assert found is not None
    assert found.disposition == "sustained"


def test_one_who_opens_early_or_seals_twice_shows_as_not_blind(pair: Pair) -> None:
    id_ = pair.review().id
    pair.salo.second.seal(id_, A1, "sustained").result()
    pair.virta.second.seal(id_, A2, "sustained").result()
    early = pair.review().of(A1)[0]
    plain = pair.salo.second._opened(early)
    assert plain is not None
    pair.salo.record(acts.ImpressionOpened(CASE, early.id, plain[:32].hex(), plain[32:].decode())).result()
    meet(*pair.all)
    pair.virta.second.seal(id_, A1, "sustained").result()
    twice = next(e for e, _ in pair.virta.log if isinstance(e, acts.ImpressionSealed) and e.allegation == A2)
    pair.virta.forge(acts.ImpressionSealed(CASE, "more", id_, A2, twice.commitment, twice.sealed), 77)
    pair.salo.second.seal(id_, A2, "sustained").result()
    meet(*pair.all)
    for each in (pair.salo, pair.virta):
        [done.result() for done in each.second.open_due()]
    meet(*pair.all)
    assert pair.review().agreement(A1) == Agreement(2, 2, blind=False)
    assert pair.review().agreement(A2) == Agreement(2, 2, blind=False)
    assert [each.again for each in pair.review().of(A2)] == [False, True]


def test_whom_nobody_asked_and_who_only_reads_is_refused(pair: Pair, tmp_path: Path) -> None:
    id_ = pair.review().id
    with pytest.raises(AccessRefused, match="not asked"):
        pair.aro.second.seal(id_, A1, "sustained")
    with pytest.raises(ReviewerError, match="needs two"):
        pair.aro.second.ask([A1], [SALO, SALO])
    with pytest.raises(ReviewerError, match="not on the case"):
        pair.aro.second.ask([A1], [SALO, FALK])
    with pytest.raises(ReviewerError, match="under way"):
        pair.aro.second.ask([A1], [SALO, VIRTA])
    pair.aro.second.withdraw(id_, "Virta knows the officer.").result()
    meet(*pair.all)
    assert pair.review().withdrawn == "Virta knows the officer."
    assert pair.salo.read().hidden_from(SALO) == frozenset()
    with pytest.raises(ReviewerError, match="does not stand"):
        pair.salo.second.seal(id_, A1, "sustained")


_ACT = st.sampled_from(["seal", "open"])


@given(st.lists(st.tuples(_ACT, st.sampled_from(["a", "b"]), st.integers(1, 6)), max_size=8), st.randoms())
def test_whatever_the_order_agreement_is_blind_only_if_each_opening_came_after_every_seal(
    acted: list[tuple[str, str, int]], shuffle: object
) -> None:
    asked = acts.SecondReviewAsked(CASE, "r", ("al",), ("a", "b"))
    entries: list[Entry] = [(asked, Written("s", Utc(0), 0, "s", 0))]
    for n, (what, user, lamport) in enumerate(acted):
        payload = json.dumps({"v": 1, "case": CASE, "review": "r", "allegation": "al", "by": user, "disposition": "x"})
        salt = bytes(32)
        event = (
            acts.ImpressionSealed(CASE, user, "r", "al", commitment(salt, payload.encode()), "")
            if what == "seal"
            else acts.ImpressionOpened(CASE, user, salt.hex(), payload)
        )
        entries.append((event, Written(user, Utc(n), lamport, user, n)))
    mixed = list(entries)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    (found,) = reviews(mixed, lambda *_: True)
    assert (found,) == reviews(entries, lambda *_: True)
    seals = {u: [w.lamport for e, w in entries if isinstance(e, acts.ImpressionSealed) and w.user == u] for u in "ab"}
    opens = {u: [w.lamport for e, w in entries if isinstance(e, acts.ImpressionOpened) and w.user == u] for u in "ab"}
    agreement = found.agreement("al")
    assert (agreement is not None) == all(seals[u] and opens[u] for u in "ab")
    if agreement is not None:
        once = all(len(seals[u]) == 1 for u in "ab")
        after = all(min(opens[u]) > min(seals[v]) for u, v in ("ab", "ba"))
        assert agreement.blind == (once and after)
