"""Findings: drafted together, signed alone, returned, answered, dissented from, decided."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from reviewer.domain import finding_acts as acts
from reviewer.domain.case import CaseState, Stance
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.finding import Cited, payload_of
from reviewer.domain.report_acts import ReportExported
from reviewer.domain.roster import FormerKey, Role
from reviewer.domain.timebase import Utc
from reviewer.services import custody
from reviewer.services.case_state import CaseMoves
from reviewer.services.finding_export import save_envelope
from reviewer.services.finding_reading import keys_of
from tests.services.agency import NAME, keys
from tests.services.finding_room import (
    A1,
    A2,
    ARO,
    CASE,
    E1,
    FALK,
    LEHTO,
    SALO,
    VIRTA,
    Person,
    begin,
    meet,
    rights,
    roster,
)


@pytest.fixture
def salo(tmp_path: Path) -> Iterator[Person]:
    made = Person(SALO, tmp_path / "salo.sqlite")
    begin(made)
    yield made
    made.close()


@pytest.fixture
def aro(tmp_path: Path, salo: Person) -> Iterator[Person]:
    made = Person(ARO, tmp_path / "aro.sqlite")
    meet(salo, made)
    yield made
    made.close()


@pytest.fixture
def virta(tmp_path: Path, salo: Person) -> Iterator[Person]:
    made = Person(VIRTA, tmp_path / "virta.sqlite")
    meet(salo, made)
    yield made
    made.close()


def test_a_signed_finding_says_all_that_it_rests_on(salo: Person) -> None:
    id_ = salo.writes_and_signs("not_sustained")
    (signed,) = salo.read().of(A1).standing
    finding = signed.finding
    assert (signed.id, finding.draft, finding.by) == (id_, 1, SALO)
    assert (finding.allegation_words, finding.disposition_words) == ("A1 Allegation 1", "Not sustained")
    assert finding.reasons_read == "The arm was held E1."
    assert finding.cited == (Cited(E1, "E1", Stance.FOR, "Arm behind back", "rec-1"),)
    assert finding.gate is not None
    assert (finding.gate.required, finding.gate.left) == (60_000_000, 0)
    assert (finding.tables_version, finding.standard_words) == (1, "Preponderance of evidence")


def test_each_thing_that_is_missing_is_said_and_nothing_is_signed(salo: Person) -> None:
    salo.watched = 20
    assert salo.findings.blocked(A1) == (
        "Choose the standard of proof.",
        "Choose a disposition.",
        "Say why, in plain words.",
        "0:40 of the required 1:00 was not watched at 2× or slower. Watch it, or say why it closes without.",
    )
    salo.findings.write(A1, standard="clear", disposition="unfounded", reasons="Nobody did.").result()
    assert salo.findings.blocked(A1)[0] == "Cite an exhibit in the reasons, or say that nothing was found."
    with pytest.raises(ReviewerError, match="Cite an exhibit"):
        salo.findings.sign(A1)
    assert salo.read().of(A1).findings == ()


def test_unwatched_minutes_close_only_with_a_written_reason_that_is_signed_too(salo: Person) -> None:
    salo.watched = 20
    salo.findings.write(
        A1, standard="clear", disposition="unfounded", reasons="Nothing.", nothing_found=True, unwatched_reason="Dark."
    ).result()
    salo.findings.sign(A1).result()
    finding = salo.read().of(A1).standing[0].finding
    assert finding.gate is not None
    assert (finding.unwatched_reason, finding.nothing_found, finding.gate.left) == ("Dark.", True, 40_000_000)


def test_what_was_closed_unwatched_is_signed_anew_once_it_was_watched(salo: Person) -> None:
    salo.watched = 20
    salo.findings.write(A1, unwatched_reason="Dark.").result()
    salo.writes_and_signs()
    assert salo.findings.blocked(A1) == ("Nothing has changed since it was signed.",)
    salo.watched = 60
    second = salo.findings.sign(A1).result()
    (stands,) = salo.read().of(A1).standing
    assert (stands.id, stands.finding.unwatched_reason) == (second, "")
    assert salo.findings.blocked(A1) == ("Nothing has changed since it was signed.",)


def test_a_key_counts_in_the_logs_of_its_own_epoch_alone() -> None:
    now, user = roster(), "salo"
    old = custody.user_entry(NAME, keys("virta").public, "x", "1", [Role.INVESTIGATOR]).signing_key
    held = replace(next(u for u in now.users if u.id == user), epoch=2, former=(FormerKey(old, Utc(0), epoch=1),))
    listed = replace(now, users=(held,))
    assert keys_of(listed, user, f"{NAME}/ws/salo/work/1") == [keys("virta").public.signing]
    assert keys_of(listed, user, f"{NAME}/ws/salo/work/2") == [keys(user).public.signing]
    assert keys_of(listed, user, f"{NAME}/ws/salo/work/3") == []
    assert keys_of(listed, "nobody", f"{NAME}/ws/salo/work/1") == []


def test_a_withdrawn_complaint_needs_no_exhibit(salo: Person) -> None:
    salo.findings.write(A1, standard="clear", disposition="withdrawn", reasons="She took it back.").result()
    assert salo.findings.blocked(A1) == ()


def test_what_was_looked_at_is_what_is_signed(salo: Person) -> None:
    salo.findings.write(A1, standard="clear", disposition="unfounded", reasons="No.", nothing_found=True).result()
    looked_at = salo.findings.prepared(A1)
    salo.findings.write(A1, disposition="sustained").result()
    with pytest.raises(ReviewerError, match="changed while you looked"):
        salo.findings.sign(A1, looked_at)
    salo.findings.write(A1, disposition="unfounded").result()
    salo.findings.sign(A1, looked_at).result()
    assert salo.read().of(A1).standing[0].finding == looked_at


def test_the_same_is_not_signed_twice(salo: Person) -> None:
    salo.writes_and_signs()
    assert salo.findings.blocked(A1) == ("Nothing has changed since it was signed.",)


def test_returned_answered_signed_again_and_decided(salo: Person, aro: Person) -> None:
    first = salo.writes_and_signs()
    meet(salo, aro)
    point = aro.decisions.send_back(first, "Say what camera 2 could hear.").result()
    assert aro.decisions.blocked(A1) == ("It was returned; draft 2 is awaited. Or take the return back.",)
    meet(salo, aro)
    assert [each.reasons for each in salo.read().of(A1).open_returns] == ["Say what camera 2 could hear."]
    salo.findings.write(A1, reasons=f"{{exhibit:{E1}}} and no sound.").result()
    assert salo.findings.blocked(A1) == ("Answer what was returned first: 1 of 1 open.",)
    salo.findings.answer(point, "Camera 2 had no sound.").result()
    second = salo.findings.sign(A1).result()
    meet(salo, aro)
    course = aro.read().of(A1)
    assert [each.id for each in course.standing] == [second]
    assert (course.standing[0].finding.replaces, course.standing[0].finding.answered) == ((first,), (point,))
    decision = aro.decisions.decide(A1, "sustained", "preponderance").result()
    meet(salo, aro)
    found = salo.read().of(A1).decision
    assert found is not None
    assert (found.id, found.decision.finding, found.decision.by) == (decision, second, ARO)
    assert salo.findings.blocked(A1) == ("It is decided. A supervisor can reopen the case.",)


def test_a_return_that_is_taken_back_leaves_the_finding_as_it_was(salo: Person, aro: Person) -> None:
    first = salo.writes_and_signs()
    meet(salo, aro)
    point = aro.decisions.send_back(first, "?").result()
    aro.decisions.take_back(point).result()
    assert aro.decisions.blocked(A1) == ()
    with pytest.raises(ReviewerError, match="does not stand"):
        aro.decisions.take_back(point)


def test_what_is_decided_is_returned_only_once_the_case_was_reopened(salo: Person, aro: Person) -> None:
    finding = salo.writes_and_signs()
    meet(salo, aro)
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    with pytest.raises(ReviewerError, match="Reopen the case"):
        aro.decisions.send_back(finding, "Once more.")
    moves = CaseMoves(aro.record, aro.queries, CASE, ARO, rights)
    for to in (CaseState.INVESTIGATION, CaseState.REVIEW, CaseState.DECIDED):
        moves.move(to).result()
    with pytest.raises(ReviewerError, match="Reopen the case"):
        aro.decisions.send_back(finding, "Once more.")
    moves.move(CaseState.REOPENED, "A court said so.").result()
    aro.decisions.send_back(finding, "Once more.").result()


def test_a_decision_that_differs_says_why(salo: Person, aro: Person) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    with pytest.raises(ReviewerError) as refused:
        aro.decisions.decide(A1, "exonerated", "preponderance")
    assert refused.value.next_step == "The decision is another than the finding: say why."
    aro.decisions.decide(A1, "exonerated", "preponderance", "Policy 4.2 allows it.").result()
    assert aro.read().of(A1).decided[0].decision.disposition_words == "Exonerated"


def test_a_later_decision_names_the_one_it_supersedes(salo: Person, aro: Person) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    first = aro.decisions.decide(A1, "sustained", "preponderance").result()
    second = aro.decisions.decide(A1, "exonerated", "preponderance", "A court said so.").result()
    course = aro.read().of(A1)
    assert [each.id for each in course.decided] == [second]
    assert course.decided[0].decision.supersedes == (first,)
    assert [each.id for each in course.decisions] == [first, second]


def test_two_supervisors_who_did_not_know_of_each_other_are_a_conflict_until_one_names_both(
    salo: Person, aro: Person, tmp_path: Path
) -> None:
    lehto = Person(LEHTO, tmp_path / "lehto.sqlite")
    salo.writes_and_signs("sustained")
    meet(salo, aro, lehto)
    one = aro.decisions.decide(A1, "sustained", "preponderance").result()
    other = lehto.decisions.decide(A1, "unfounded", "preponderance", "I see it otherwise.").result()
    meet(salo, aro, lehto)
    for each in (salo, aro, lehto):
        course = each.read().of(A1)
        assert course.conflict
        assert course.decision is None
        assert {d.id for d in course.decided} == {one, other}
    last = lehto.decisions.decide(A1, "sustained", "preponderance", "We spoke.").result()
    meet(salo, aro, lehto)
    assert [d.id for d in salo.read().of(A1).decided] == [last]
    lehto.close()


def test_two_findings_that_did_not_know_of_each_other_both_stand_and_the_next_replaces_both(
    salo: Person, virta: Person, aro: Person
) -> None:
    salo.writes_and_signs("sustained")
    virta.writes_and_signs("unfounded")
    meet(salo, virta, aro)
    assert len(aro.read().of(A1).standing) == 2
    assert "did not know of each other" in aro.decisions.blocked(A1)[0]
    third = virta.writes_and_signs("not_sustained")
    meet(salo, virta, aro)
    (stands,) = aro.read().of(A1).standing
    assert (stands.id, stands.finding.draft, len(stands.finding.replaces)) == (third, 2, 2)
    assert aro.decisions.blocked(A1) == ()


def test_dissent_is_anothers_stays_beside_and_is_named_by_the_decision(
    salo: Person, virta: Person, aro: Person
) -> None:
    finding = salo.writes_and_signs("sustained")
    with pytest.raises(ReviewerError, match="your own finding"):
        salo.findings.dissent(finding, "unfounded", "No.")
    meet(salo, virta)
    dissent = virta.findings.dissent(finding, "unfounded", "The arm was not held.").result()
    meet(salo, virta, aro)
    assert [d.reasons for d in salo.read().of(A1).standing_dissents()] == ["The arm was not held."]
    with pytest.raises(ReviewerError, match="no dissent of yours"):
        salo.findings.withdraw_dissent(dissent)
    salo.forge(acts.DissentWithdrawn(CASE, dissent), 99)
    meet(salo, virta, aro)
    assert len(aro.read().of(A1).dissents) == 1
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    assert aro.read().of(A1).decided[0].decision.dissents == (dissent,)
    virta.findings.withdraw_dissent(dissent).result()
    assert virta.read().of(A1).dissents == ()


def test_who_only_reads_writes_nothing_and_who_is_no_supervisor_decides_nothing(
    salo: Person, virta: Person, tmp_path: Path
) -> None:
    falk = Person(FALK, tmp_path / "falk.sqlite")
    finding = salo.writes_and_signs()
    meet(salo, virta, falk)
    with pytest.raises(AccessRefused, match="read this case"):
        falk.findings.write(A1, reasons="x")
    with pytest.raises(ReviewerError, match="Only an investigator or a supervisor"):
        falk.findings.sign(A1)
    with pytest.raises(AccessRefused, match="Only a supervisor"):
        virta.decisions.send_back(finding, "x")
    with pytest.raises(ReviewerError, match="Only a supervisor"):
        virta.decisions.decide(A1, "sustained", "preponderance")
    falk.close()


def test_a_supervisor_does_not_decide_a_finding_of_their_own_and_a_forged_one_counts_for_nothing(
    aro: Person, salo: Person
) -> None:
    aro.writes_and_signs("sustained")
    assert aro.decisions.blocked(A1) == ("You signed this finding. Another supervisor decides.",)
    other = salo.writes_and_signs("sustained", allegation=A2, reasons=f"See {{exhibit:{E1}}}.")
    meet(salo, aro)
    decision = replace(aro.decisions.prepared(A2, "sustained", "preponderance"), allegation=A1, finding=other)
    own = aro.read().of(A1).standing[0].id
    data, id_ = aro.hand.envelope("decision", replace(decision, finding=own))
    aro.record(acts.DecisionSigned(CASE, id_, A1, data)).result()
    meet(salo, aro)
    assert salo.read().of(A1).decisions == ()


def test_what_others_signed_or_changed_or_put_in_somebodys_name_is_no_decision_and_is_said(
    salo: Person, virta: Person, aro: Person
) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, virta, aro)
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    meet(salo, virta, aro)
    (decision,) = salo.read().of(A1).decided
    event = acts.DecisionSigned(CASE, decision.id, A1, decision.envelope)
    virta.forge(event, 500)  # somebody else's decision in an investigator's own log
    changed = json.loads(decision.envelope)
    payload = base64.b64decode(changed["payload"]).replace(b"Sustained", b"Unfounded")
    changed["payload"] = base64.b64encode(payload).decode()
    aro.forge(acts.DecisionSigned(CASE, decision.id, A1, json.dumps(changed)), 1)  # its id is another's
    aro.forge(acts.DecisionSigned(CASE, "0" * 64, A1, "{}"), 2)
    data, id_ = virta.hand.envelope("decision", decision.decision)  # in aro's name, by virta's key
    aro.forge(acts.DecisionSigned(CASE, id_, A1, data.replace('"virta"', '"aro"')), 3)
    meet(salo, virta, aro)
    for each in (salo, virta, aro):
        found = each.read()
        assert [d.envelope for d in found.of(A1).decisions] == [decision.envelope]
        assert len(found.doubts) == 4


def test_a_case_that_was_reopened_takes_another_draft(salo: Person, aro: Person) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    moves = CaseMoves(aro.record, aro.queries, CASE, ARO, rights)
    for to in (
        CaseState.INVESTIGATION,
        CaseState.REVIEW,
        CaseState.DECIDED,
        CaseState.REOPENED,
        CaseState.INVESTIGATION,
    ):
        moves.move(to, "It must be.").result()
    meet(salo, aro)
    salo.findings.write(A1, disposition="unfounded").result()
    assert salo.findings.blocked(A1) == ()


def test_securesystemslib_verifies_a_decision_and_a_finding_outside(salo: Person, aro: Person) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    course = aro.read().of(A1)
    for who, kind, envelope in (
        (ARO, "decision", course.decided[0].envelope),
        (SALO, "finding", course.standing[0].envelope),
    ):
        opened = Envelope.from_dict(json.loads(envelope))
        assert opened.payload_type == f"application/vnd.reviewer.{kind}+json"
        key = SSlibKey(who, "ed25519", "ed25519", {"public": keys(who).public.signing.hex()}, {"public": ""})
        assert list(opened.verify([key], 1)) == [who]
        said = json.loads(opened.payload)
        assert (said["by"], said["allegation_words"], said["disposition"]) == (who, "A1 Allegation 1", "sustained")
        assert opened.payload == payload_of(envelope)
        opened.payload = opened.payload.replace(b"sustained", b"unfounded")
        with pytest.raises(VerificationError):
            opened.verify([key], 1)


def test_what_leaves_is_the_envelope_as_it_was_signed_and_that_it_left_is_in_the_log(
    salo: Person, aro: Person, tmp_path: Path
) -> None:
    salo.writes_and_signs("sustained")
    meet(salo, aro)
    aro.decisions.decide(A1, "sustained", "preponderance").result()
    (decision,) = aro.read().of(A1).decided
    paths = [save_envelope(decision, CASE, tmp_path, aro.record) for _ in range(2)]
    assert len(set(paths)) == 2
    assert all(path.name.startswith("Decision CR-1 A1") for path in paths)
    assert all(path.read_text() == decision.envelope for path in paths)
    left = [event for event, _ in aro.log if isinstance(event, ReportExported)]
    assert [each.subject for each in left] == ["decision A1", "decision A1"]
    assert left[0].sha256 == hashlib.sha256(decision.envelope.encode()).hexdigest()


def test_a_text_beyond_measure_is_refused_in_one_sentence(salo: Person, aro: Person) -> None:
    finding = salo.writes_and_signs()
    meet(salo, aro)
    with pytest.raises(ReviewerError, match="20,001 characters"):
        aro.decisions.send_back(finding, "x" * 20_001)
    with pytest.raises(ReviewerError, match="Nothing is written"):
        aro.decisions.send_back(finding, "  ")
    right_to_left = "שלום {exhibit:none} \u202eabc"
    point = aro.decisions.send_back(finding, right_to_left).result()
    assert aro.read().of(A1).returns[0].reasons == right_to_left
    assert aro.read().of(A1).returns[0].id == point
