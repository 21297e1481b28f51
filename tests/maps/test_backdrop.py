"""The coarse world: countries where they are, whole across the 180th meridian, and the South Pole is land."""

from __future__ import annotations

import numpy as np

from reviewer.maps.backdrop import read_backdrop
from reviewer.maps.mercator import to_degrees
from reviewer.maps.schema import Band, Naming
from reviewer.services.basemap import backdrop


def test_countries_lie_where_they_are() -> None:
    content = read_backdrop(backdrop())
    places = {name.text: to_degrees(*map(float, name.lines[0][0])) for name in content.names}
    lat, lon = places["Finland"]
    assert (62 < lat < 67, 24 < lon < 28) == (True, True)
    lat, lon = places["New Zealand"]
    assert -46 < lat < -38
    assert {name.naming for name in content.names} == {Naming.COUNTRY}
    assert len(content.names) > 200


def test_no_outline_leaps_across_the_world() -> None:
    for drawn in read_backdrop(backdrop()).bands.values():
        steps = np.abs(np.diff(drawn.xy[:, 0]))
        within = np.ones(len(steps), bool)
        within[drawn.starts[1:-1] - 1] = False
        assert steps[within].max() <= 1.0
        assert (steps[within] > 0.5).sum() <= 4  # along the South Pole
    assert Band.LAND in read_backdrop(backdrop()).bands
