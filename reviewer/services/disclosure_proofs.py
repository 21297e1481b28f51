"""What the log says of the copies of a request, with proofs, for whoever gets them: begun, made, released, packed.

What people wrote for their own work stays sealed; what was refused by the check was thrown away and is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, TypeVar

from reviewer.audit import bundle as audit
from reviewer.domain.errors import IntegrityError
from reviewer.domain.event import Event, LogName
from reviewer.domain.making_acts import CopyMade, CopyReleased, PackageMade, RenderBegun
from reviewer.records.queries import EntryFilter, LogEntry
from reviewer.services import logreport
from reviewer.services.logexport import checked_bundle, keys_of
from reviewer.services.logproof import Proofs
from reviewer.services.session import Session

_E = TypeVar("_E", bound=Event)
_KINDS = (RenderBegun.KIND, CopyMade.KIND, CopyReleased.KIND, PackageMade.KIND)


class Making:
    """The entries of one request, as this person's logs and those they follow have them now."""

    def __init__(self, session: Session, case: str, of: str) -> None:
        found = logreport.chosen(session, EntryFilter(case=case, kinds=_KINDS))
        self._entries = [each for each in found if getattr(each.event, "of", None) == of]

    def made(self, sha256: str) -> CopyMade | None:
        """How the file with this hash was made, the newest time; None if no entry says so."""
        return next((e for e in self._events(CopyMade) if e.sha256 == sha256), None)

    def released(self, sha256: str) -> CopyReleased | None:
        return next((e for e in self._events(CopyReleased) if e.sha256 == sha256), None)

    def about(self, hashes: Iterable[str]) -> list[LogEntry]:
        """The entries about the files with these hashes, newest first."""
        wanted = set(hashes)
        jobs = {e.job for e in self._events(CopyMade) if e.sha256 in wanted}

        def tells(event: Event | None) -> bool:
            match event:
                case RenderBegun():
                    return event.job in jobs
                case CopyMade() | CopyReleased():
                    return event.sha256 in wanted
                case _:
                    return False

        return [each for each in self._entries if tells(each.event)]

    def packed(self, manifest: str) -> list[LogEntry]:
        """The entry that a package with this tag manifest was made."""
        return [e for e in self._entries if isinstance(e.event, PackageMade) and e.event.manifest == manifest]

    def _events(self, kind: type[_E]) -> list[_E]:
        return [each.event for each in self._entries if isinstance(each.event, kind)]


def proven(
    session: Session, entries: Iterable[LogEntry], passing: Callable[[], None] = lambda: None
) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """(bundle, keys, what is not witnessed yet, in sentences) of these entries, each with what it says; the keys
    are of these logs and of one's own. Raises IntegrityError if one does not hold, and what the log and the store
    raise."""
    wanted: dict[str, list[int]] = {}
    bodies: dict[tuple[str, int], audit.Body] = {}
    with closing(Proofs(session)) as proofs:
        for each in entries:
            meta = each.meta
            body = proofs.body(meta.origin, meta.case, proofs.log(meta.origin).entry(meta.index))
            if body is None:
                raise IntegrityError("What an entry of these copies says cannot be opened.", "Tell the custodian.")
            wanted.setdefault(meta.origin, []).append(meta.index)
            bodies[meta.origin, meta.index] = body
        bundle = proofs.bundle(wanted, bodies, passing)
        own = {v.name: () for v in session.journal.verifiers if f"/{LogName.ACCESS.value}/" in v.name}
        keys = keys_of(proofs, {**wanted, **own})  # the package itself will stand in one's own
    return bundle, keys, checked_bundle(bundle, keys) if wanted else ()
