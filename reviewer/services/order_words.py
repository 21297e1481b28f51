"""Which came first, as a report: each question with its answer by the clocks that stand, and what it cannot say."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reviewer.domain.order import Order, sentence
from reviewer.domain.report import Report, Section
from reviewer.domain.wording import Local, clock, date
from reviewer.services.order import Asked
from reviewer.services.rolling_words import Imprint

SUBJECT = "Which of two moments came first"
LIMITS = (
    "The ± is two standard deviations of the two cameras’ clocks against each other, and of what a frame’s length "
    "leaves open. Moments that lie no farther apart than that have no order here.",
    "What is compared are the frames that people marked as the first to show something, not the things themselves.",
    "Cameras’ times against each other are often surer than against UTC: the times of day carry their own ±.",
    "Judged by the clocks that stand now; what each author saw then is in the work log.",
)
_COLUMNS = (("Answer", 40), ("First", 20), ("Second", 20), ("What", 20), ("Asked by", 14))


def answer(asked: Asked, name: Callable[[str], str], zone: Local) -> str:
    """The sentence: "A. Niemi 2214 at 22:42:17.48 before S. Laine 1940 at 22:42:17.90 by 0.42 s ± 0.15 s."."""
    found = asked.judgement
    if found is None:
        return "A camera of this question is not in this case any more."
    one, other = (
        f"{name(mark.recording)} at {zone.clock(moment.at, 2)}"
        for mark, moment in zip(asked.event.marks, found.moments, strict=True)
    )
    return sentence(found.order, one, other)


def to_report(
    asked: Iterable[Asked], name: Callable[[str], str], user: Callable[[str], str], imprint: Imprint, zone: Local
) -> Report:
    """`name` says a recording's id, `user` a person's."""
    questions = tuple(asked)
    rows = tuple(_row(each, name, user, zone) for each in questions)
    decided = sum(each.judgement is not None and each.judgement.order.decided for each in questions)
    said = (f"{decided} of {len(questions)} are decided.",) if questions else ()
    section = Section("Questions", (*said, *_changed(questions)), _COLUMNS, rows, "Nothing was asked.")
    facts = (("Case", imprint.case), ("Clocks", imprint.clocks))
    title = f"Which came first: {imprint.case}"
    return Report(title, SUBJECT, imprint.agency, imprint.made_at, imprint.made_by, facts, (section,), LIMITS)


def _row(asked: Asked, name: Callable[[str], str], user: Callable[[str], str], zone: Local) -> tuple[str, ...]:
    found = asked.judgement
    times = ["", ""]
    if found is not None:
        times = [
            f"{zone.date(m.at)} {zone.clock(m.at, 3)} ({zone.offset(m.at)}), {date(m.at)} {clock(m.at, 3)} UTC"
            for m in found.moments
        ]
    return answer(asked, name, zone), times[0], times[1], asked.event.note, user(asked.said.user)


def _changed(questions: Iterable[Asked]) -> Iterable[str]:
    """Answers that other clocks have turned since."""
    for each in questions:
        if each.changed and each.judgement is not None:
            then = Order(each.event.gap, each.event.sigma)
            was = "cannot be decided" if not then.decided else f"decided by {then.apart} {then.margin}".rstrip()
            what = f"“{each.event.note}”" if each.event.note else f"the question {each.event.id[:8]}"
            yield f"By the clocks of then the order of {what} was otherwise: {was}."
