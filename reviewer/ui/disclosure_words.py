"""Words for requests: their kinds, what was asked for, how their clock stands. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reviewer.domain.agency import Tables
from reviewer.domain.request import Answer, Request, RequestKind
from reviewer.domain.timebase import Utc
from reviewer.services.disclosure import due_of, left_words
from reviewer.ui.queue_words import urgency
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.table import Cell, Column, State, Words
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, count

KINDS = {
    RequestKind.ACCESS: "Freedom of information",
    RequestKind.PROSECUTION: "Prosecution",
    RequestKind.COURT: "Court",
    RequestKind.OTHER: "Other",
}
ANSWERS = {
    Answer.OPEN: "open",
    Answer.GIVEN: "given",
    Answer.PARTLY: "given in part",
    Answer.REFUSED: "refused",
    Answer.WITHDRAWN: "withdrawn by the requester",
}
COLUMNS = (
    Column("Request", 170),
    Column("Requester", 190, 3),
    Column("Received", 110),
    Column("Asked for", 230, 4, spare=True),
    Column("Clock", 170),
    Column("Stands", 120, 1),
)


def clock_of(request: Request, tables: Tables, now: Utc) -> tuple[str, Tone]:
    """How the request's clock stands, in words, and how urgent that is: amber once half of it has run."""
    found = due_of(tables, request)
    words = left_words(found, now)
    if found is None or found.ended is not None:
        return words, Tone.PLAIN
    tone = urgency(found.at, now)
    half = (found.at - now) * 2 < found.at - found.start
    return words, Tone.WARN if tone is Tone.PLAIN and half else tone


def asked_for(request: Request, cameras: Sequence[ReviewCamera], zone: Zone) -> str:
    """ "22:41:00 – 22:46:10, camera 1"."""
    numbers = [c.number for c in cameras if c.key in request.recordings]
    if numbers:
        named = f"camera{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    else:  # also while it is not known yet which camera has which number
        named = count(len(request.recordings), "recording") if request.recordings else "no recording yet"
    if request.start is None and request.end is None:
        return f"everything, {named}"
    first = zone.clock(request.start) if request.start is not None else "from the start"
    last = zone.clock(request.end) if request.end is not None else "to the end"
    return f"{first} – {last}, {named}"


def request_cells(
    cameras: Callable[[], Sequence[ReviewCamera]], tables: Tables, zone: Zone, now: Callable[[], Utc]
) -> Callable[[Request], Sequence[Cell]]:
    """How the rows of the register are made."""

    def cells(each: Request) -> Sequence[Cell]:
        words, tone = clock_of(each, tables, now())
        clock: Cell = State(words, tone, "clock") if words else Words("–", tone="text3")
        refused = f"{count(len(each.refusals), 'reason')}" if each.refusals else ""
        return (
            Words(each.number, KINDS[each.kind], strong=True),
            Words(each.requester, each.contact.split("\n")[0], strong=True),
            Words(zone.date(each.received) if each.received is not None else "not known"),
            Words(asked_for(each, cameras(), zone), " ".join(each.asked.split()), tone="text2"),
            clock,
            Words(ANSWERS[each.answer], refused, tone="text" if each.answer is Answer.OPEN else "text2"),
        )

    return cells
