"""What the log screen's third card says of other people's logs."""

from __future__ import annotations

from reviewer.domain.errors import StoreUnreachable
from reviewer.domain.timebase import Utc
from reviewer.services.documents import Problem
from reviewer.services.following import Followed, Reading
from reviewer.ui.log_following import folded, problem
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone

AT = Utc(1_785_236_520_000_000)  # 2026-07-28T11:02:00Z
ZONE = Zone.named("Europe/Helsinki")
WRONG = Problem(
    "logs/x", "The work log of K. Salo 0417 on ws-1 is followed no further: ROLLBACK.", "Tell the custodian."
)


def test_all_is_folded_at_a_time_in_both_clocks() -> None:
    said = folded(9, 4, Followed(7, ("a", "b", "c"), at=AT), None, ZONE)
    assert (said.title, said.words, said.tone) == (
        "9 logs, 4 people",
        "All folded at 14:02:00 local, 11:02:00 UTC",
        Tone.OK,
    )


def test_before_the_first_time_while_it_reads_and_without_a_store() -> None:
    nothing = folded(2, 1, None, None, ZONE)
    assert (nothing.title, nothing.words) == ("2 logs, 1 person", "Other people’s logs are not read yet")
    reading = folded(3, 2, Followed(at=AT), Reading(1, 7, "o", 1024, 9000), ZONE)
    assert reading.words == "Reading log 2 of 7: 1,024 of 9,000 entries"
    away = folded(3, 2, Followed(at=AT, trouble=StoreUnreachable("Away.", "Wait.")), None, ZONE)
    assert (away.tone, away.words.endswith("the store does not answer now")) == (Tone.WARN, True)


def test_what_is_wrong_is_said_first_and_the_rest_counted() -> None:
    said = folded(3, 2, Followed(at=AT, problems=(WRONG, WRONG, WRONG)), None, ZONE)
    assert said.tone is Tone.STOP
    assert said.words == f"{WRONG.message} 2 more."
    assert problem(Followed(problems=(WRONG, WRONG))) == f"{WRONG.message} {WRONG.next_step} 1 more."
    assert problem(Followed()) is None
