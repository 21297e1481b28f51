"""The demo's complaint: what K. Salo wrote of it before anybody opens the demo, as entries of their own signed log."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from reviewer.domain.case import CaseState, PersonRole
from reviewer.domain.case_acts import AllegationSet, ComplaintSet, PersonSet
from reviewer.domain.recording import Kind
from reviewer.domain.timebase import SECOND, Micros, Utc, format_rfc3339
from reviewer.services.case import CaseFile
from reviewer.services.case_state import CaseMoves, rights_of
from reviewer.services.clock import Clock, utc_now
from reviewer.services.demo_papers import write_papers
from reviewer.services.demo_story import write_story
from reviewer.services.papers import Papers
from reviewer.services.queue import case_manifests
from reviewer.services.session import log_on
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace

_DAY = 86_400 * SECOND
_TOLD = Micros(36 * _DAY)  # before the demo was made: the next word to the complainant is due in nine days
_LAST_YEAR = Micros(300 * _DAY)

OFFICERS = (
    ("Ofc. A. Niemi", "2214", PersonRole.SUBJECT),
    ("Ofc. L. Korhonen", "1873", PersonRole.SUBJECT),
    ("Ofc. M. Virtanen", "2051", PersonRole.WITNESS_OFFICER),
    ("Ofc. S. Laine", "1940", PersonRole.WITNESS_OFFICER),
)
ALLEGATIONS = (
    ("Excessive force", "force", "2214", 30, 60, "Force beyond what the moment called for, when the arm was taken."),
    ("Discourtesy", "courtesy", "1873", 15, 75, "Words or manner: told to move, twice, without a reason."),
    ("Failure to render aid", "aid", "2214", 55, 90, "No help, or late help, after the fall."),
)
"""Title, policy, badge, from and to (s after the cameras began), text."""
_SUMMARY = (
    "The complainant says that officers took their arm without need at a street corner, spoke to them rudely, and did "
    "not help after they fell. They were not arrested. They ask that it be looked into and want to be told the outcome."
)


def write_complaint(
    workspace: Workspace,
    trust: Trust,
    case: str,
    place: str,
    incident: str,
    began: Utc,
    person: tuple[str, str],
    *,
    now: Clock = utc_now,
) -> None:
    """Log on as a person (id and passphrase) and write the complaint, its people and three allegations. `began` is when
    the cameras did."""
    session = log_on(workspace, trust, *person, now=now)
    try:
        assignment = session.open_case(case)
        with closing(session.queries()) as queries:
            file = CaseFile(session.journal.record, queries, case)
            file.change(ComplaintSet, "", _complaint(case, place, incident, began, now())).result()
            officers = _people(file)
            for title, policy, badge, start, end, text in ALLEGATIONS:
                where = {"title": title, "policy": policy, "officer": officers[badge], "text": text, "place": place}
                file.add(AllegationSet, {**where, **_window(began, start, end)}).result()
            footage = case_manifests(trust, assignment, session.grants).good
            write_story(file, next(each for each in footage if each.kind is Kind.VIDEO))
            write_papers(Papers(workspace, session), file, began)
            rights = rights_of(trust, case)
            moves = CaseMoves(session.journal.record, queries, case, session.user.id, lambda: rights)
            moves.move(CaseState.INVESTIGATION).result()
    finally:
        session.log_off()
        session.publisher.publish()


def _complaint(case: str, place: str, incident: str, began: Utc, now: Utc) -> Mapping[str, str]:
    """Received the day after, or within the last year: clocks that ran out years ago would say nothing."""
    received = max(Utc(began + _DAY // 2), Utc(now - _LAST_YEAR))
    told = max(received, Utc(now - _TOLD))
    return {
        "number": case.replace("CR", "PSD"),
        "received": format_rfc3339(received),
        "updated": format_rfc3339(told) if told > received else "",
        "way": "web form",
        "incident": incident,
        "place": place,
        **_window(began, 15, 90),
        "summary": _SUMMARY,
    }


def _people(file: CaseFile) -> dict[str, str]:
    """Ids of the officers by badge. Everybody else has a letter, not a name (STYLE.md, Words)."""
    named = {"name": "Person A", "role": PersonRole.COMPLAINANT.value, "contact": "By letter, care of a lawyer"}
    file.add(PersonSet, named).result()
    seen = {"name": "Person B", "role": PersonRole.WITNESS.value, "note": "Stood at the tram stop, saw the fall"}
    file.add(PersonSet, seen).result()
    found = {}
    for name, badge, role in OFFICERS:
        fields = {"name": name, "badge": badge, "role": role.value}
        found[badge] = file.add(PersonSet, fields).result()
    return found


def _window(began: Utc, start: int, end: int) -> dict[str, str]:
    return {
        "start": format_rfc3339(Utc(began + start * SECOND)),
        "end": format_rfc3339(Utc(began + end * SECOND)),
    }
