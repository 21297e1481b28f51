"""People leave the roster, get other roles and new keys; what they signed while they could keeps its worth."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.acts import RosterSigned
from reviewer.domain.assignment import Purpose, closed
from reviewer.domain.codec import encode
from reviewer.domain.errors import AccessRefused, NotTrusted, ReviewerError
from reviewer.domain.events import BookmarkWithdrawn
from reviewer.domain.roster import Role
from reviewer.records.queries import EntryFilter, Queries
from reviewer.sealing import envelope, keyring
from reviewer.sealing.keyring import PrivateKeys, new_keys
from reviewer.services import custody, logcheck
from reviewer.services.custody import Grants
from reviewer.services.session import Session, log_on
from tests.services.agency import CASE, NAME, Agency, keys, root_key, station_key
from tests.services.test_taking_off import Book

WHO = "correct horse"


@pytest.fixture
def agency(tmp_path: Path) -> Agency:
    made = Agency(tmp_path)
    keyring.save_station(made.workspace.station_key, station_key())
    made.recording("r1", b"footage", sealed=True)
    return made


def _log_on(agency: Agency, who: PrivateKeys) -> Session:
    keyring.save(agency.workspace.key_file(who.user), who, WHO)
    return log_on(agency.workspace, agency.trust(), who.user, WHO, now=lambda: agency.now)


def _off(session: Session) -> None:
    session.log_off()
    session.publisher.publish()


def test_who_left_has_no_door_no_grant_and_no_signature_and_keeps_the_name(agency: Agency) -> None:
    made = agency.assign("r1")
    trust = agency.trust()
    book = Book()
    custody.remove_user(trust, root_key(), "S. Aro", record=book, now=lambda: agency.now)
    assert book.events == [RosterSigned(2, "S. Aro (aro) has left.")]
    gone = next(u for u in trust.roster().users if u.id == "aro")
    assert (gone.name, gone.roles, gone.left) == ("S. Aro", (), agency.now)
    with pytest.raises(AccessRefused, match="Nobody in the roster has that name"):
        _log_on(agency, keys("aro"))
    fresh = agency.trust()
    assert fresh.assignment(CASE).n == made.n  # the case that they assigned goes on
    assert Grants(fresh, keys("salo"), now=lambda: agency.now).data_key(CASE, "r1")
    with pytest.raises(AccessRefused, match="yours as supervisor, which the roster does not name you any more"):
        Grants(fresh, keys("aro"), now=lambda: agency.now).data_key(CASE, "r1")
    with pytest.raises(NotTrusted, match="The roster does not name aro"):
        custody.assign(fresh, agency.order("r1"), keys("aro"), keys("custody"))
    with pytest.raises(NotTrusted, match="The roster has no user aro"):
        custody.assign(fresh, agency.order("r1"), keys("hill"), keys("custody"))
    with pytest.raises(ReviewerError, match="The roster has no aro"):
        custody.remove_user(fresh, root_key(), "aro")


def test_nothing_signed_after_leaving_counts_whatever_date_it_says(agency: Agency) -> None:
    made = agency.assign("r1")
    custody.remove_user(agency.trust(), root_key(), "aro")
    late = replace(made, n=2, issued_at=made.issued_at)
    data = envelope.sign("assignment", encode(closed(late)), "aro", keys("aro").signing)
    agency.store.put_if_absent(f"assignments/{CASE}/2.json", data)
    trust = agency.trust()
    assert trust.assignment(CASE).n == 1
    (problem,) = trust.history(CASE).problems
    assert "signed by aro, whom the roster does not name for it" in problem.message


def test_other_roles_take_and_give_the_right_to_assign(agency: Agency) -> None:
    agency.assign("r1")
    custody.change_roles(agency.trust(), root_key(), "aro", [Role.INVESTIGATOR])
    assert agency.trust().assignment(CASE).n == 1
    with pytest.raises(AccessRefused, match=r"S\. Aro may not assign cases"):
        agency.assign("r1", members={"salo": Role.INVESTIGATOR})
    custody.change_roles(agency.trust(), root_key(), "aro", [Role.SUPERVISOR])
    assert agency.assign("r1", members={"salo": Role.INVESTIGATOR}).n == 2
    custody.change_roles(agency.trust(), root_key(), "aro", [Role.AUDITOR])
    assert [a.n for a in agency.trust().history(CASE).good] == [2, 1]
    with pytest.raises(ReviewerError, match="without a role"):
        custody.change_roles(agency.trust(), root_key(), "aro", [])


def test_new_keys_begin_new_logs_and_the_old_ones_stay_whole(agency: Agency) -> None:
    custody.assign(
        agency.trust(),
        replace(agency.order("r1"), purpose=Purpose.COMPLAINT),
        keys("aro"),
        keys("custody"),
        now=lambda: agency.now,
    )
    old = keys("salo")
    session = _log_on(agency, old)
    session.open_case(CASE)
    session.journal.record(BookmarkWithdrawn(CASE, "b1")).result()
    _off(session)

    new = new_keys("salo")
    roster = custody.rotate_keys(agency.trust(), root_key(), new.public)
    user = roster.user("salo")
    assert user is not None
    assert (user.epoch, [f.epoch for f in user.former]) == (2, [1])
    agency.workspace.key_file("salo").unlink()
    with pytest.raises(AccessRefused, match="another key for you"):
        _log_on(agency, old)
    agency.workspace.key_file("salo").unlink()
    session = _log_on(agency, new)
    with pytest.raises(AccessRefused):
        session.open_case(CASE)  # its key is sealed to the old one
    agency.assign("r1")
    assert session.open_case(CASE).title == "Aleksanterinkatu × Mikonkatu"
    session.journal.refold(CASE, session.case_keys(CASE)).result()
    with closing(Queries(session.room.records)) as queries:
        (mark,) = queries.entries(EntryFilter(kinds=("bookmark_withdrawn",)))
        assert mark.event == BookmarkWithdrawn(CASE, "b1")
        assert mark.meta.origin.endswith("/work/1")
    _off(session)
    report = logcheck.verify_store(agency.store, agency.trust().roster())
    assert report.ok, report
    assert {log.origin.rpartition("/")[2] for log in report.logs if "/salo/" in log.origin} == {"1", "2"}
    with pytest.raises(ReviewerError, match=r"has this key of K\. Salo already"):
        custody.rotate_keys(agency.trust(), root_key(), new.public)


def test_a_supervisors_assignments_outlive_their_key(agency: Agency) -> None:
    agency.assign("r1")
    new = new_keys("aro")
    custody.rotate_keys(agency.trust(), root_key(), new.public)
    trust = agency.trust()
    assert trust.assignment(CASE).n == 1
    with pytest.raises(NotTrusted):
        custody.assign(trust, agency.order("r1"), keys("aro"), keys("custody"))
    assert custody.assign(trust, agency.order("r1"), new, keys("custody")).n == 2
    custody.rotate_keys(agency.trust(), root_key(), new_keys("aro").public)
    assert [a.n for a in agency.trust().history(CASE).good] == [2, 1]


def test_who_comes_back_goes_on_and_who_is_there_is_not_replaced(agency: Agency) -> None:
    agency.assign("r1")
    trust = agency.trust()
    again = custody.user_entry(NAME, keys("aro").public, "S. Aro", "0102", [Role.SUPERVISOR])
    with pytest.raises(ReviewerError, match="The roster names aro already"):
        custody.newcomers(trust.roster(), [again])
    custody.remove_user(trust, root_key(), "aro")
    other = custody.user_entry(NAME, new_keys("aro").public, "S. Aro", "0102", [Role.SUPERVISOR])
    (same,), (rekeyed,) = (custody.newcomers(trust.roster(), [each]) for each in (again, other))
    assert (same.epoch, rekeyed.epoch) == (1, 2)
    custody.amend_roster(trust, root_key(), users=[rekeyed])
    assert agency.trust().assignment(CASE).n == 1


def test_only_the_root_changes_the_roster(agency: Agency) -> None:
    for act in (custody.remove_user, lambda t, k, w: custody.change_roles(t, k, w, [Role.AUDITOR])):
        with pytest.raises(NotTrusted, match="not the root key"):
            act(agency.trust(), Ed25519PrivateKey.generate(), "salo")
    assert agency.trust().roster().version == 1
