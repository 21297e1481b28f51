"""What is said of a map: on screen and on the command line."""

from __future__ import annotations

from reviewer.services.basemap import AgencyMap
from reviewer.services.storecheck_words import size

WORLD = "Where no map reaches: countries from Natural Earth, public domain; closer than that, hatched."


def facts(each: AgencyMap) -> str:
    """ "Vector tiles, zooms 0 to 14, 24.9300 to 24.9600 E, 60.1600 to 60.1800 N, 182 kB"."""
    west, south, east, north = each.box
    kind = "Vector tiles" if each.kind == "mvt" else f"Pictures ({each.kind.upper()})"
    place = f"{_degrees(west, east, 'EW')}, {_degrees(south, north, 'NS')}"
    return f"{kind}, zooms {each.min_zoom} to {each.max_zoom}, {place}, {size(each.size)}"


def _degrees(low: int, high: int, signs: str) -> str:
    def one(value: int) -> str:
        return f"{abs(value) / 1e7:.4f}"

    if (low < 0) == (high < 0):
        first, second = (low, high) if low >= 0 else (high, low)
        return f"{one(first)} to {one(second)} {signs[low < 0]}"
    return f"{one(low)} {signs[1]} to {one(high)} {signs[0]}"
