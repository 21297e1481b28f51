"""The table of commands: each noun puts its words in, each command says what it does."""

from __future__ import annotations

import argparse

import pytest

from reviewer.commands import (
    board,
    custody,
    demo,
    dock,
    find,
    intake,
    log,
    own,
    people,
    statistics,
    store,
    storecheck,
    users,
)
from reviewer.commands.base import Commands, Said

NOUNS = (demo, store, storecheck, people, users, intake, dock, find, custody, own, log, board, statistics)


def test_every_noun_adds_commands_that_say_what_they_do() -> None:
    parser = argparse.ArgumentParser()
    table = Commands(parser)
    for noun in NOUNS:
        noun.add(table)
    text = parser.format_help()
    assert {"assign", "user", "store", "queue", "release-for-training"} <= set(text.replace(",", " ").split())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["assign", "CR-1", "--x"], ["assign", "new", "CR-1", "--x"]),
        (["assign", "--title", "t", "CR-1"], ["assign", "new", "--title", "t", "CR-1"]),
        (["assign", "list"], ["assign", "list"]),
        (["assign", "--help"], ["assign", "--help"]),
        (["assign"], ["assign"]),
        (["other", "CR-1"], ["other", "CR-1"]),
        ([], []),
    ],
)
def test_what_is_usual_need_not_be_typed(typed: list[str], meant: list[str]) -> None:
    table = Commands(argparse.ArgumentParser())
    for name in ("new", "list"):
        table.add(f"assign {name}", lambda _: Said([], {}), "help")
    table.usual("assign", "new")
    assert table.spelled_out(typed) == meant
