"""Who stands in line."""

from __future__ import annotations

import threading

from reviewer.media.turns import Turns


def test_who_asked_first_goes_first_and_the_next_when_it_is_done() -> None:
    turns, gone = Turns(), []
    for who in "abc":
        turns.ask(who)

    def go(who: str) -> None:
        turns.wait(who)
        gone.append(who)
        turns.done(who)

    threads = [threading.Thread(target=go, args=(who,)) for who in "cba"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert gone == ["a", "b", "c"]


def test_who_leaves_the_line_waits_no_longer_and_keeps_nobody_waiting() -> None:
    turns = Turns()
    turns.ask("first")
    turns.ask("second")
    turns.done("second")
    turns.wait("second")
    turns.done("first")
    turns.done("first")
    turns.wait("first")


def test_who_never_asked_does_not_wait() -> None:
    turns = Turns()
    turns.ask("other")
    turns.wait("one")
