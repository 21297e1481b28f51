"""The table of who may see what of other people's logs, spelled out."""

from __future__ import annotations

import itertools

import pytest

from reviewer.domain.events import EVENTS
from reviewer.domain.roster import Role
from reviewer.domain.sight import TABLE, VIEWS, About, Sight, Standing, about, reads_everybody, sight_of, standing_of

INVESTIGATOR, SUPERVISOR, TRAINING = Role.INVESTIGATOR, Role.SUPERVISOR, Role.TRAINING
CUSTODIAN, AUDITOR = Role.CUSTODIAN, Role.AUDITOR


def test_the_table_has_every_standing_and_every_subject() -> None:
    assert set(TABLE) == set(Standing)
    assert {len(row) for row in TABLE.values()} == {len(About)}


def test_kinds_of_views_are_kinds_of_events() -> None:
    assert set(EVENTS) >= VIEWS


@pytest.mark.parametrize(
    ("roles", "role", "log", "kind", "case", "sight"),
    [
        # an investigator on the case: colleagues' work, and which seconds were seen; not why, not who was refused
        ([INVESTIGATOR], INVESTIGATOR, "work", "bookmark_added", "c1", Sight.BODY),
        ([INVESTIGATOR], INVESTIGATOR, "access", "view_closed", "c1", Sight.BODY),
        ([INVESTIGATOR], INVESTIGATOR, "access", "reason_stated", "c1", Sight.NOTHING),
        ([INVESTIGATOR], INVESTIGATOR, "access", "still_saved", "c1", Sight.NOTHING),
        ([INVESTIGATOR], INVESTIGATOR, "access", "logged_on", None, Sight.NOTHING),
        # not on the case: nothing
        ([INVESTIGATOR], None, "work", "bookmark_added", "c1", Sight.NOTHING),
        ([INVESTIGATOR], None, "access", "view_closed", "c1", Sight.NOTHING),
        # for training: what colleagues on that case mark, no views
        ([TRAINING], TRAINING, "work", "bookmark_added", "c1", Sight.BODY),
        ([TRAINING], TRAINING, "access", "view_closed", "c1", Sight.NOTHING),
        ([TRAINING], None, "work", "bookmark_added", "c1", Sight.NOTHING),
        # a supervisor on the case: everything of it; not on it: nothing of it, but log-ons of everybody
        ([SUPERVISOR], SUPERVISOR, "access", "still_saved", "c1", Sight.BODY),
        ([SUPERVISOR], None, "access", "still_saved", "c1", Sight.NOTHING),
        ([SUPERVISOR], None, "access", "log_on_refused", None, Sight.OPEN),
        # a custodian or auditor: everybody's open parts; bodies of the cases they are on
        ([CUSTODIAN], None, "work", "bookmark_added", "c1", Sight.OPEN),
        ([AUDITOR], None, "access", "logged_on", None, Sight.OPEN),
        ([AUDITOR], AUDITOR, "access", "reason_stated", "c1", Sight.BODY),
        # who is a supervisor of the agency, but an investigator on this case, is one on it
        ([INVESTIGATOR, SUPERVISOR], INVESTIGATOR, "access", "reason_stated", "c1", Sight.NOTHING),
        # a role on the case that this program does not know of gives nothing
        ([], None, "work", "bookmark_added", "c1", Sight.NOTHING),
    ],
)
def test_who_sees_what(
    roles: list[Role], role: Role | None, log: str, kind: str, case: str | None, sight: Sight
) -> None:
    assert sight_of(standing_of(roles, role), about(log, kind, case)) is sight


def test_ones_own_log_of_another_workstation_is_ones_own() -> None:
    for roles, subject in itertools.product(([INVESTIGATOR], []), About):
        assert sight_of(standing_of(roles, None, own=True), subject) is Sight.BODY


def test_a_custody_key_opens_bodies_for_who_oversees_and_widens_nothing_else() -> None:
    for standing, subject in itertools.product(Standing, About):
        plain, opened = sight_of(standing, subject), sight_of(standing, subject, custody=True)
        assert opened is (Sight.BODY if standing is Standing.OVERSEES else plain)


def test_only_who_oversees_or_supervises_follows_everybody() -> None:
    assert {role for role in Role if reads_everybody([role])} == {SUPERVISOR, CUSTODIAN, AUDITOR}
