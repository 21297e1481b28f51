"""`python -m tests.bench playback`, `… sync`, `… log`, `… place`, `… align`, `… case`, `… wall`: see the package."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from tests import bench
from tests.bench import figures

_SECTIONED = {
    "sync": "the figures of transfers and of what is here",
    "log": "the figures of the signed log",
    "place": "the figures of map, tracks, questions and timeline",
    "align": "the figures of alignment by sound",
    "case": "the figures of a case: open, mark, search, fold, report, queue",
    "render": "the figures of files that are made of footage",
}


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=bench.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="name", required=True)
    playback = commands.add_parser("playback", help="the figures of playback, ours and other players’")
    playback.add_argument("--only", default="", help="sections or keys, with commas between them")
    playback.add_argument("--list", action="store_true", help="name the sections and keys, and stop")
    playback.add_argument("--quick", action="store_true", help="short stretches and few repetitions")
    playback.add_argument("--bare", action="store_true", help="nine cameras without proxies")
    playback.add_argument("--seconds", type=float, help="of playing at 1x (60)")
    playback.add_argument("--pairs", type=int, help="of runs that are compared (5; rounds with other players: 3)")
    wall = commands.add_parser("wall", help="the demo in the window")
    wall.add_argument("--cameras", type=int, choices=(4, 9), default=4)
    wall.add_argument("--seconds", type=float, default=20.0)
    sectioned = {name: _sectioned(commands.add_parser(name, help=words)) for name, words in _SECTIONED.items()}
    for command in (playback, wall, *sectioned.values()):
        command.add_argument("--json", action="store_true", help="nothing but one JSON object")
    given = parser.parse_args(argv)
    if given.name in sectioned:
        print(_measured(sectioned[given.name], given))
        return
    print(json.dumps(_wall(given)) if given.name == "wall" else _playback(playback, given))


def _sectioned(command: argparse.ArgumentParser) -> argparse.ArgumentParser:
    command.add_argument("--only", default="", help="sections or keys, with commas between them")
    command.add_argument("--list", action="store_true", help="name the sections and keys, and stop")
    command.add_argument("--quick", action="store_true", help="little of everything: does it run at all")
    return command


def _measured(parser: argparse.ArgumentParser, given: argparse.Namespace) -> str:
    """A bench of its own module, which gives FIGURES, QUICK, Extent and measure(sections, extent, say)."""
    module = import_module(f"tests.bench.{given.name}")
    if given.list:
        return _listed(module.FIGURES)
    sections = _sections(parser, given, module.FIGURES)
    found: dict[str, Any] = module.measure(sections, module.QUICK if given.quick else module.Extent(), _say(given))
    found |= figures.verdicts(found, module.FIGURES)
    return json.dumps(found) if given.json else f"\n{figures.table(found, sections, module.FIGURES)}"


def _listed(wanted: Sequence[figures.Figure]) -> str:
    return "\n".join(f"{f.section:8} {f.key:22} {f.wanted:>9}  {f.words}" for f in wanted)


def _sections(
    parser: argparse.ArgumentParser, given: argparse.Namespace, wanted: Sequence[figures.Figure]
) -> list[str]:
    try:
        return figures.chosen((name for name in given.only.split(",") if name), wanted)
    except ValueError as wrong:
        parser.error(str(wrong))


def _say(given: argparse.Namespace) -> Callable[[str], object]:
    return (lambda _: None) if given.json else (lambda words: print(words, flush=True))


def _wall(given: argparse.Namespace) -> dict[str, Any]:
    from tests.bench.wall import measure

    found = measure(given.cameras, given.seconds, (lambda _: None) if given.json else print)
    return found | {"load": round(os.getloadavg()[0], 2)}


def _playback(parser: argparse.ArgumentParser, given: argparse.Namespace) -> str:
    from tests.bench.playback import QUICK, Extent, measure

    if given.list:
        return _listed(figures.FIGURES)
    sections = _sections(parser, given, figures.FIGURES)
    extent = QUICK if given.quick else Extent()
    extent = replace(extent, bare=given.bare)
    if given.seconds:
        extent = replace(extent, seconds=given.seconds)
    if given.pairs:
        extent = replace(extent, pairs=given.pairs, rounds=given.pairs)
    found = measure(sections, extent, _say(given))
    found |= figures.verdicts(found)
    return json.dumps(found) if given.json else f"\n{figures.table(found, sections)}\n{_about(found)}"


def _about(found: dict[str, Any]) -> str:
    before, after = found["machine_before"], found["machine_after"]
    return (
        f"\n{before['cores']} cores, load {before['load']} before and {after['load']} after, "
        f"Python {before['python']}, PyAV {before['av']}"
    )


if __name__ == "__main__":
    main()
