"""The log in words, about new files that are made of footage and leave (`domain/making_acts`)."""

from __future__ import annotations

from collections.abc import Callable

from reviewer.domain import making_acts as acts
from reviewer.domain.event import Event
from reviewer.domain.wording import count, date

DID = {
    acts.RenderBegun.KIND: "Rendering begun",
    acts.CopyMade.KIND: "Copy made",
    acts.CopyRefused.KIND: "Copy refused",
    acts.CopyReleased.KIND: "Copy released",
    acts.PackageMade.KIND: "Package made",
    acts.ReelExported.KIND: "Reel exported",
    acts.CertificateMade.KIND: "Certificate made",
    acts.CertificateRevoked.KIND: "Certificate revoked",
}


def what_making(event: Event, recording: Callable[[str], str]) -> str:
    """What exactly was done, in one line; "" for what makes nothing. `recording` names one by its id."""
    match event:
        case acts.RenderBegun():
            return f"{event.purpose} of {', '.join(map(recording, event.recordings))} · plan {event.plan[:12]}…"
        case acts.CopyMade():
            size = f"{event.bytes / 1e6:,.1f} MB"
            how = "" if event.encoded else " · its own frames"
            checks = count(len(event.checks), "check")
            return f"{event.name} · {size}{how} · {checks} passed · SHA-256 {event.sha256[:12]}…"
        case acts.CopyRefused():
            return " · ".join(event.problems)
        case acts.CopyReleased():
            return f"SHA-256 {event.sha256[:12]}…"
        case acts.PackageMade():
            sealed = f" · sealed: {event.sealed}" if event.sealed else ""
            return f"{event.name} · {count(len(event.files), 'file')}{sealed} · manifest {event.manifest[:12]}…"
        case acts.ReelExported():
            return f"{event.name} {'read' if event.came else 'written'} · SHA-256 {event.sha256[:12]}…"
        case acts.CertificateMade():
            return f"no. {event.n}, until {date(event.expires)} · {', '.join(event.people)}"
        case acts.CertificateRevoked():
            return f"no. {event.n}, from {date(event.since)} on · {event.reason}"
        case _:
            return ""
