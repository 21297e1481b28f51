"""What is said of witnesses, in words: in the status line, on the log screen, in the bar over all screens.

Pure: what is known and the time in, words out. The log's cards take `witnessed` and `not_witnessed`.
"""

from __future__ import annotations

from collections.abc import Sequence

from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.witnessed import Level, Watch
from reviewer.services.witnessing import Standing
from reviewer.ui.log_parts import Sentence
from reviewer.ui.theme import Tone
from reviewer.ui.times import ago, clock, count

_MINUTE = 60 * SECOND
_HOUR = 60 * _MINUTE
_AHEAD = 5 * _MINUTE  # a witness's clock may be so much before ours
_NEXT = "Connect to the store so that a witness can see the log, or ask the custodian."
NO_WITNESS = "No witness: entries could be rewritten by this machine’s administrator until one sees them."


def age(micros: Micros) -> str:
    """ "12 s", "4 min", "25 h", "9 days": as exact as it matters."""
    if micros < _MINUTE:
        return f"{micros // SECOND} s"
    if micros < 2 * _HOUR:
        return f"{micros // _MINUTE} min"
    return f"{micros // _HOUR} h" if micros < 120 * _HOUR else f"{micros // (24 * _HOUR)} days"


def status(watch: Watch, now: Utc) -> tuple[str, Tone]:
    """For the status line, after “Log writing”."""
    level = watch.level(now)
    if level in (Level.WARNED, Level.STOPPED):
        tone = Tone.WARN if level is Level.WARNED else Tone.STOP
        return f"Log writing · not witnessed for {age(watch.age(now))}", tone
    if not any(s.named for s in watch.standings):
        return "Log writing · no witness", Tone.OK
    if watch.at is None:
        return "Log writing · not yet witnessed", Tone.PLAIN
    return f"Log writing · {_when(watch.at, now)}", Tone.OK


def _when(at: Utc, now: Utc) -> str:
    if at > now + _AHEAD:
        return f"witnessed; a witness’s clock is {age(Micros(at - now))} ahead of this machine’s"
    return f"witnessed {ago(max(0, now - at) / SECOND)}"


def bar(watch: Watch, now: Utc) -> tuple[str, str, Tone] | None:
    """Headline, sentence and tone of the bar over all screens; None while there is nothing to warn of."""
    level, waiting = watch.level(now), age(watch.age(now))
    entries = count(max(1, watch.unseen), "entry", "entries")
    if level is Level.WARNED:
        left = Micros(watch.policy.stop_after - watch.age(now))
        then = f" In {age(left)} no new view opens." if watch.policy.stop_after else ""
        words = f"{entries} could still be rewritten.{then} {_NEXT}"
        return f"No witness has seen this log for {waiting}", words, Tone.WARN
    if level is Level.STOPPED:
        limit = age(watch.policy.stop_after)
        words = f"{limit} is the limit: no new view opens until one has. {_NEXT}"
        return f"No witness has seen this log for {waiting}", words, Tone.STOP
    return None


def witnessed(watch: Watch, now: Utc) -> Sentence:
    """The log screen's second card: “Witnessed by 2 of 2”."""
    of = max((s.of for s in watch.standings), default=0)
    if not of:
        return Sentence("users", Tone.PLAIN, "No witness", NO_WITNESS.removeprefix("No witness: ").capitalize())
    agreed = [s for s in watch.standings if s.at is not None]
    if not agreed:
        who = count(of, "witness", "witnesses")
        return Sentence("users", Tone.WARN, "Not yet witnessed", f"{who} of this log; none has seen enough of it")
    seen = max(len(s.seen) for s in agreed)
    title = f"Witnessed by {seen} of {of}"
    level, limit = watch.level(now), watch.policy.stop_after
    tone = {Level.WARNED: Tone.WARN, Level.STOPPED: Tone.STOP}.get(level, Tone.OK)
    newest = watch.at if watch.at is not None else now
    if newest > now + _AHEAD:
        words = f"A witness’s clock is {age(Micros(newest - now))} ahead of this machine’s"
    else:
        words = f"Newest cosignature {age(Micros(max(0, now - newest)))} old"
    return Sentence("users", tone, title, f"{words}; {age(limit)} is the limit" if limit else words)


def not_witnessed(watch: Watch, now: Utc) -> Sentence:
    """The log screen's last card: how much nobody has seen yet."""
    if not any(s.named for s in watch.standings):
        return Sentence("hourglass", Tone.PLAIN, "Nobody watches", "The agency’s roster names no witness for this log")
    if not watch.unseen:
        return Sentence("circle-check", Tone.OK, "All witnessed", "Nobody can rewrite these entries unseen")
    title = f"{count(watch.unseen, 'entry', 'entries')} not yet witnessed"
    reached = "" if watch.reached else "; the store is not reached"
    waiting = watch.age(now)
    since = f"The oldest for {age(waiting)}" if waiting >= 0 else "For how long is not known: the clocks differ"
    return Sentence("hourglass", Tone.WARN, title, f"{since}{reached}")


def proof_words(standing: Standing | None, index: int) -> str:
    """An entry's state beyond “published”: “witnessed ×2”; "" if no witness has seen it."""
    times = standing.times(index) if standing is not None else 0
    return f"witnessed ×{times}" if times else ""


def proof_lines(standing: Standing | None, index: int) -> Sequence[str]:
    """Below an entry's hashes: who has seen it, and when by their own clocks. “witness records-01 · 11:06:10Z”."""
    seen = standing.seen if standing is not None else ()
    return [f"witness {each.name} · {clock(each.at)}Z" for each in seen if each.size > index]
