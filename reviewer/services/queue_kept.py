"""The queue as it was verified last, kept so that it is there at once on another day.

Kept are the finished rows, in the person's own sealed index (`catalogue_index`: what an edited one can and cannot do).
A case is given only while the newest roster says of who signed it, of its person's role and of every workstation what
it said when the case was verified, and while it has not expired; else it waits to be verified again. Everything shown
from here is verified again behind it (`queue.read_queue`), and nothing is opened from it: that goes through `Trust`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

from reviewer.domain.assignment import Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.recording import Device, Kind
from reviewer.domain.roster import Roster
from reviewer.domain.statutory import Brief
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.catalogue_index import CatalogueIndex, Row
from reviewer.services.catalogue_rows import CASE, Standing
from reviewer.services.clock import Clock, utc_now
from reviewer.services.collecting import making_many
from reviewer.services.queue import (
    Integrity,
    NextStep,
    NotAssigned,
    Queue,
    QueueCase,
    QueueRecording,
    in_order,
)
from reviewer.services.trust import Trust

_KIND = "queue"
_V = 2
_WHOLE = 1_000_000  # shares are kept in millionths


class KeptQueue:
    """One person's. Not on the GUI's thread; any other may call."""

    def __init__(self, index: CatalogueIndex, trust: Trust, user_id: str, *, now: Clock = utc_now) -> None:
        self._index, self._trust, self._user, self._now = index, trust, user_id, now
        self._written: dict[str, Row] = {}

    def read(self) -> Queue | None:
        """What was verified last and may be shown still, without asking the store; None if there is nothing. Raises
        what `Trust.roster` raises."""
        roster = self._trust.roster()
        standing, stations, now = Standing(roster, CASE), _stations(roster), self._now()
        roles = {role.value for user in roster.users if user.id == self._user for role in user.roles}
        found: list[tuple[Utc, QueueCase]] = []
        with making_many():
            for row in self._index.rows(_KIND).values():
                if row.values[2] != _V or not standing.holds(row):
                    continue
                if not all(stations.get(id_) == key for id_, key in row.values[4]):
                    continue
                case = _case(row)
                if case.role in roles and (case.expires is None or case.expires > now):
                    found.append((row.values[3], case))
        if not found:
            return None
        cases = tuple(sorted((case for _, case in found), key=in_order))
        return Queue(cases, (), (), self._trust.contact, kept=min(at for at, _ in found))

    def write(self, queue: Queue) -> None:
        """Keep a queue that was verified just now, in the place of what was kept. A disk that refuses does no harm: it
        is kept another day."""
        with making_many():
            self._write(queue)

    def _write(self, queue: Queue) -> None:
        roster = self._trust.roster()
        standing, stations = Standing(roster, CASE), sorted(_stations(roster).items())
        rows = [row for case in queue.cases for row in self._rows(case, standing, stations)]
        here = {row.id for row in rows}
        gone = [(_KIND, id_) for id_ in self._index.ids(_KIND) if id_ not in here]
        changed = [row for row in rows if not _same(row, self._written.get(row.id))]
        with suppress(ReviewerError):
            self._index.put(changed, gone)
            self._written = {row.id: row for row in rows}

    def forget(self, case_id: str) -> None:
        """Nothing of this case is kept any more."""
        self._written.pop(case_id, None)
        self._index.put([], [(_KIND, case_id)])

    def _rows(self, case: QueueCase, standing: Standing, stations: list[tuple[str, str]]) -> Iterator[Row]:
        """The case's row, with what it is bound to; none if the copy of its assignment is gone already."""
        path = f"assignments/{case.case_id}/{case.n}.json"
        signers = self._trust.signed_by(path)
        with suppress(OSError):
            digest = sha256((self._trust.workspace.documents / path).read_bytes()).hexdigest()
            bound = standing.bind(digest, signers)
            values = [digest, bound.signers, _V, self._now(), [list(each) for each in stations], *_values(case)]
            if signers:
                yield Row(_KIND, case.case_id, case.n, values)


def _stations(roster: Roster) -> dict[str, str]:
    return {w.id: sha256(w.signing_key.encode()).hexdigest() for w in roster.workstations}


def _same(row: Row, written: Row | None) -> bool:
    """Whether nothing is new but when it was verified; that is kept once a session."""
    if written is None or row.n != written.n:
        return False
    return row.values[:3] == written.values[:3] and row.values[4:] == written.values[4:]


# -- a case as a row, and back ---------------------------------------------------------------------------------------


def _values(case: QueueCase) -> list[Any]:
    return [
        case.title,
        case.purpose.value,
        case.reason,
        case.role,
        case.issued_by,
        case.issued_at,
        case.expires,
        case.resume,
        case.next_step.value,
        [_recording_values(r) for r in case.recordings],
        [[o.recording_id, o.officer, o.range.start, o.range.end] for o in case.not_assigned],
        _brief_values(case.brief),
    ]


def _brief_values(brief: Brief) -> list[Any]:
    clocks = [[words, at] for words, at in brief.clocks]
    return [brief.state, list(brief.allegations), clocks, brief.paused, brief.received]


def _brief(values: Sequence[Any]) -> Brief:
    state, allegations, clocks, paused, received = values
    return Brief(state, tuple(allegations), tuple((words, at) for words, at in clocks), paused, received)


def _case(row: Row) -> QueueCase:
    title, purpose, reason, role, by, at, expires, resume, step, recordings, others, brief = row.values[5:]
    return QueueCase(
        case_id=row.id,
        title=title,
        purpose=Purpose(purpose),
        reason=reason,
        role=role,
        issued_by=by,
        issued_at=at,
        expires=expires,
        recordings=tuple(_recording(number, each) for number, each in enumerate(recordings, start=1)),
        not_assigned=tuple(NotAssigned(id_, who, TimeRange(start, end)) for id_, who, start, end in others),
        problems=(),
        resume=resume,
        next_step=NextStep(step),
        n=row.n,
        brief=_brief(brief),
    )


def _recording_values(recording: QueueRecording) -> list[Any]:
    """Flat: ten thousand of them are read at once, and every list inside costs its share."""
    r, window = recording, recording.window
    return [
        r.recording_id,
        r.officer,
        r.device.make,
        r.device.model,
        r.device.serial,
        r.kind.value,
        r.range.start,
        r.range.end,
        *((None, None) if window is None else (window.start, window.end)),
        r.stills,
        r.objects,
        r.objects_here,
        r.bytes,
        r.bytes_here,
        r.integrity.value,
        "\n".join(r.quarantined),
        None if r.watched is None else round(r.watched * _WHOLE),
        r.restricted,
    ]


_KINDS = {k.value: k for k in Kind}
_INTEGRITY = {i.value: i for i in Integrity}


def _recording(number: int, values: Sequence[Any]) -> QueueRecording:
    id_, officer, make, model, serial, kind, start, end, opens, closes, stills, *rest = values
    objects, objects_here, size, here, integrity, quarantined, watched, restricted = rest
    return QueueRecording(
        id_,
        number,
        officer,
        Device(make, model, serial),
        _KINDS[kind],
        TimeRange(start, end),
        None if opens is None else TimeRange(opens, closes),
        stills,
        objects,
        objects_here,
        size,
        here,
        _INTEGRITY[integrity],
        tuple(quarantined.split("\n")) if quarantined else (),
        None if watched is None else watched / _WHOLE,
        restricted,
    )
