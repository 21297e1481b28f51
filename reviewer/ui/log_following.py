"""What is said of other people's logs, in words: the log screen's third card, and what is wrong with one of them.

Pure: how far they are followed in, words out.
"""

from __future__ import annotations

from reviewer.services.following import Followed, Reading
from reviewer.ui.log_parts import Sentence
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone, clock, count

HEADLINE = "Other people’s logs"


def folded(logs: int, people: int, found: Followed | None, reading: Reading | None, zone: Zone) -> Sentence:
    """`logs` of `people`, one's own among them; `found` is how far others' are followed, None before that is known;
    `reading` how far a run is that goes on now."""
    whose = f"{count(logs, 'log')}, {count(people, 'person', 'people')}"
    if found is not None and found.problems:
        rest = len(found.problems) - 1
        return Sentence("shield-x", Tone.STOP, whose, found.problems[0].message + (f" {rest} more." if rest else ""))
    if reading is not None and reading.size:
        share = f"{reading.entries:,} of {count(reading.size, 'entry', 'entries')}"
        return Sentence("hourglass", Tone.PLAIN, whose, f"Reading log {reading.done + 1} of {reading.of}: {share}")
    if found is None or found.at is None:
        return Sentence("hourglass", Tone.PLAIN, whose, "Other people’s logs are not read yet")
    at = f"{zone.clock(found.at)} local, {clock(found.at)} UTC"
    if found.trouble is not None:
        return Sentence("link", Tone.WARN, whose, f"Folded at {at}; the store does not answer now")
    return Sentence("link", Tone.OK, whose, f"All folded at {at}")


def problem(found: Followed) -> str | None:
    """The first thing that is wrong, and how many more are; None if nothing is."""
    if not found.problems:
        return None
    first, rest = found.problems[0], len(found.problems) - 1
    return f"{first.message} {first.next_step}" + (f" {rest} more." if rest else "")
