"""Maps that an agency brings: `reviewer map …`. They lie on this machine, are checked before they are taken in, and are
drawn over the one that comes with the program.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from reviewer.commands.base import Commands, Said, note, workspace_of
from reviewer.services.basemap import Added, AgencyMap, BaseMaps
from reviewer.services.basemap_words import WORLD, facts


def add(table: Commands) -> None:
    """The words of these commands."""
    new = table.add("map add", map_add, "check a PMTiles or MBTiles archive and take it in")
    new.add_argument("file", type=Path)
    new.add_argument("--name", default="", help="how it is called; default: the file’s name")
    gone = table.add("map remove", map_remove, "take a map away")
    gone.add_argument("name")
    table.add("map list", map_list, "the maps that are here")


def map_add(args: argparse.Namespace) -> Said:
    """`reviewer map add`."""
    made = _maps(args).add(args.file, args.name, progress=_note)
    note("")
    return Said(
        [f"“{made.name}” is drawn from the next case that is opened.", facts(made), made.attribution], _data(made)
    )


def map_remove(args: argparse.Namespace) -> Said:
    """`reviewer map remove`."""
    gone = _maps(args).remove(args.name)
    return Said([f"“{gone.name}” is no longer here."], _data(gone))


def map_list(args: argparse.Namespace) -> Said:
    """`reviewer map list`: the one that is drawn on top first."""
    maps = _maps(args)
    here = maps.kept()[::-1]
    lines = [f"{each.name}: {facts(each)}. {each.attribution}" for each in here]
    with_it = [f"{each.name}: comes with the program. {each.attribution}" for each in maps.sources() if each.shipped]
    trouble = [] if maps.problem is None else [str(maps.problem)]
    return Said([*lines, *with_it, WORLD], {"maps": [_data(each) for each in here]}, not trouble, trouble)


def _maps(args: argparse.Namespace) -> BaseMaps:
    return BaseMaps(workspace_of(args).home)


def _note(now: Added) -> None:
    note(f"{now.done * 100 // max(1, now.size)} % copied")


def _data(each: AgencyMap) -> dict[str, object]:
    return {
        "name": each.name,
        "sha256": each.sha256,
        "size": each.size,
        "kind": each.kind,
        "zooms": [each.min_zoom, each.max_zoom],
        "box_e7": list(each.box),
        "attribution": each.attribution,
    }
