"""Why things are viewed, as every later entry of the session carries it (formats.md: `reason`).

A case's reason goes into each entry about the case; the reason for a restricted recording into each entry that is about
that recording or shows it. Both stand in the sealed body: a reason in the open would tell whoever reads the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reviewer.domain.events import Event, ReasonStated
from reviewer.domain.reason_acts import RestrictedReasonStated
from reviewer.services.bodies import RESTRICTED_STATED, STATED


class StatedReasons:
    """What was stated so far. Of the scribe's thread."""

    def __init__(self, cases: Mapping[str, str] = {}, recordings: Mapping[tuple[str, str], str] = {}) -> None:
        self._cases, self._recordings = dict(cases), dict(recordings)

    def copy(self) -> StatedReasons:
        return StatedReasons(self._cases, self._recordings)

    def learn(self, event: Event) -> None:
        """What this event states holds from its own entry on."""
        if isinstance(event, ReasonStated):
            self._cases[event.case] = event.reason
        elif isinstance(event, RestrictedReasonStated):
            self._recordings[event.case, event.recording] = event.reason

    def members(self, event: Event) -> dict[str, Any]:
        """What the event's payload has beside its own members."""
        case = getattr(event, "case", None)
        if case is None:
            return {}
        shown = {getattr(event, "recording", None), *(c.recording for c in getattr(event, "cameras", ()))}
        restricted = {r: why for (of, r), why in sorted(self._recordings.items()) if of == case and r in shown}
        found: dict[str, Any] = {} if case not in self._cases else {STATED: self._cases[case]}
        return found | ({RESTRICTED_STATED: restricted} if restricted else {})
