"""The two styles of the base map: colours and widths. Quiet, so that officers’ tracks are what is seen first."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer.maps.schema import Band


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of one style, "#RRGGBB". `nothing` and `hatch` are where no map reaches; `dim` is how much of a picture
    tile is darkened, 0 to 1."""

    land: str
    area: str
    green: str
    water: str
    building: str
    building_edge: str
    casing: str
    road: str
    main_road: str
    path: str
    rail: str
    border: str
    nothing: str
    hatch: str
    dim: float


STYLES = {
    "dark": Ink(
        land="#1B2027",
        area="#1F252D",
        green="#1C2823",
        water="#12202E",
        building="#272E37",
        building_edge="#343D48",
        casing="#12161A",
        road="#3B4652",
        main_road="#465260",
        path="#323B46",
        rail="#556170",
        border="#55616F",
        nothing="#171B20",
        hatch="#222830",
        dim=0.45,
    ),
    "light": Ink(
        land="#F1F3F5",
        area="#E9EDF1",
        green="#DDEADB",
        water="#C6DBED",
        building="#DCE1E7",
        building_edge="#C3CBD4",
        casing="#C3CBD4",
        road="#FFFFFF",
        main_road="#FFFFFF",
        path="#FFFFFF",
        rail="#A3ADB8",
        border="#9AA5B1",
        nothing="#F7F8FA",
        hatch="#E6EAEE",
        dim=0.0,
    ),
}

WIDTHS = {
    Band.MOTORWAY: (16.0, 2.4),
    Band.TRUNK: (14.0, 2.2),
    Band.PRIMARY: (12.0, 2.0),
    Band.SECONDARY: (10.0, 1.7),
    Band.TERTIARY: (9.0, 1.5),
    Band.MINOR: (7.0, 1.1),
    Band.SERVICE: (3.5, 0.5),
    Band.PATH: (1.6, 0.6),
    Band.RAIL: (0.0, 1.0),
    Band.WATERWAY: (3.0, 1.0),
}
"""Metres on the ground, so that streets keep their proportion to houses at every zoom, and a least width in px, so that
they stay visible from afar."""

FROM = {Band.BUILDING: 0.25, Band.PATH: 0.4, Band.SERVICE: 0.12, Band.RAIL: 0.12}
"""Px of a tile for a metre from which a band is drawn."""

CASED_FROM = 0.08
"""Px for a metre from which roads have an edge; before, edges would be all that is seen."""
