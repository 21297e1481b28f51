"""Questions to the map of a case: what is answered, in what order, and what is said to be unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer.domain.place import UNIT, Box, Circle, Polygon
from reviewer.domain.recording import Clock, ClockSource, Ingest, Kind, Manifest, Part
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.track import Fix, Track
from reviewer.domain.wording import LocalZone
from reviewer.exports.report import to_csv
from reviewer.services.footage import CaseCamera
from reviewer.services.place_words import (
    LIMITS,
    SIGNED,
    Answers,
    absent_sentence,
    area_words,
    nearest_sentence,
    nearest_words,
    said_lines,
    stop_words,
    to_report,
    within_sentence,
)
from reviewer.services.places import Placed, Places, circle, middle, placed
from reviewer.services.rolling_words import Imprint

START = 1_781_379_600_000_000
HERE = circle(60.17, 24.94, 50)
_M = 1 / 111_195.0


def at(second: float) -> Utc:
    return Utc(START + round(second * SECOND))


def span(first: float, last: float) -> TimeRange:
    return TimeRange(at(first), at(last))


def standing(north: float, seconds: range, accuracy: float | None = 3.0, *holes: range) -> Track:
    lost = {s for hole in holes for s in hole}
    fixes = (Fix(at(s), 60.17 + north * _M, 24.94, accuracy) for s in seconds if s not in lost)
    return Track(tuple(fixes), "made")


def camera(number: int, track: Track | None, *rolling: TimeRange, sigma: int = 0) -> Placed:
    return Placed(f"rec-{number}", number, f"Officer {number}", track, rolling or (span(0, 600),), Micros(sigma))


def test_who_was_here_surely_perhaps_or_not_known() -> None:
    places = Places(
        [
            camera(1, standing(300, range(601))),
            camera(2, standing(10, range(601))),
            camera(3, standing(10, range(601), None)),
            camera(4, standing(10, range(601), 3.0, range(100, 201))),
            camera(5, None),
        ]
    )
    found = {h.who.number: h for h in places.within(HERE)}
    assert list(found)[:2] == [2, 4] and not found[1].presences and not found[1].unknown
    assert found[2].sure == 600 * SECOND and not found[2].unknown
    assert found[3].sure == 0 and found[3].presences[0].range == span(0, 600)
    assert [p.range for p in found[4].presences] == [span(0, 99), span(201, 600)]
    assert found[4].unknown == (span(99, 201),) and found[5].unknown == (span(0, 600),)
    near = found[2].presences[0].closest
    assert near is not None and near.metres == pytest.approx(10, abs=0.2) and near.margin == 6
    assert within_sentence(list(found.values()), 0) == (
        "2 cameras were surely here; 1 camera was perhaps here; "
        "the position of 1 other camera is not known all the time."
    )
    assert places.untracked == (places.placed[4],)


def test_an_area_may_be_widened() -> None:
    box = Box(*(round(d * UNIT) for d in (60.1698, 24.9398, 60.1702, 24.9402)))
    places = Places([camera(1, standing(60, range(601)))])
    assert not places.within(box)[0].presences and places.within(box, 50)[0].sure
    assert middle(box) == pytest.approx((60.17, 24.94)) and area_words(box, 50).endswith("and 50 m beyond")
    assert area_words(HERE) == "60.17000, 24.94000, 50 m around"


def test_who_was_there_while_their_camera_did_not_roll() -> None:
    places = Places(
        [
            camera(1, standing(0, range(601)), span(100, 200), sigma=1_000_000),
            camera(2, standing(900, range(601)), span(150, 400)),
        ]
    )
    before, after = places.absent(HERE)
    assert (before.stretch, after.stretch) == (span(0, 100), span(200, 600))
    # Two standard deviations of the clock: so near the camera's own start and stop nobody can say.
    assert before.surely == (span(0, 98),) and after.surely == (span(202, 600),)
    assert before.nobody == (span(0, 100),) and after.nobody == (span(400, 600),)
    assert absent_sentence((before, after)) == (
        "1 officer here while their camera did not roll: 2 times, 2 surely; "
        "no camera of the case rolled for 5 min of it."
    )


def test_of_a_polygon_paper_has_every_corner() -> None:
    drawn = Polygon(((6_016_900, 2_493_900), (6_016_900, 2_494_100), (6_017_100, 2_494_000)))
    places = Places([camera(1, standing(900, range(601), 3.0, range(100, 201)))])
    report = to_report(
        Answers(drawn, 0.0, places.within(drawn)),
        places,
        Imprint("CR-1", "Agency", "Inv. K. Salo", at(999), SIGNED),
        LocalZone.named("UTC"),
    )
    corners = dict(report.facts)["Corners"]
    assert corners == "60.16900, 24.93900; 60.16900, 24.94100; 60.17100, 24.94000"
    assert report.sections[0].sentences == (
        "No camera is known to have been here; the position of 1 camera is not known all the time.",
    )


def test_two_recordings_of_one_officer_are_one_officer() -> None:
    first = camera(1, standing(0, range(601)), span(0, 300))
    second = replace(camera(2, standing(0, range(601)), span(300, 600)), officer="Officer 1")
    places = Places([first, second])
    assert places.absent(HERE) == () and places.together(50) == ()


def test_who_was_near_whom() -> None:
    places = Places(
        [
            camera(1, standing(0, range(601))),
            camera(2, standing(20, range(300, 601))),
            camera(3, standing(500, range(601))),
        ]
    )
    (pair,) = places.together(50)
    assert (pair.one.number, pair.other.number) == (1, 2)
    assert [m.surely for m in pair.presences] == [(span(300, 600),)] and pair.unknown == (span(0, 300),)


def test_the_nearest_and_what_its_accuracy_does_not_decide() -> None:
    places = Places(
        [
            camera(1, standing(100, range(601))),
            camera(2, standing(30, range(601))),
            camera(3, standing(40, range(601))),
            camera(4, standing(5, range(100))),
            camera(5, None),
        ]
    )
    found = places.nearest(Circle(HERE.lat, HERE.lon, 1), at(300))
    assert [n.who.number for n in found] == [2, 3, 1, 4, 5]
    assert [n.undecided for n in found] == [False, True, False, False, False]
    assert found[3].age == 201 * SECOND and "4 m away then" in nearest_words(found[3])
    assert nearest_words(found[4]) == "no fix yet · rolling"
    assert nearest_sentence(found) == "Nearest: Officer 2, 30 m ± 6 m. Its ± does not tell it apart from Officer 3."
    assert nearest_sentence(found[3:]) == "Where any camera was then is not known."


def test_stops_say_how_long_no_position_was_known() -> None:
    places = Places([camera(1, standing(0, range(601), 3.0, range(200, 301))), camera(2, None)])
    (found,) = places.stops()
    (stop,) = found.stops
    assert stop.range.duration == 600 * SECOND and stop.unknown == 102 * SECOND
    assert "no position for" in stop_words(stop) and "± 6 m" in stop_words(stop)


def test_a_case_without_cameras_or_tracks_answers_with_nothing() -> None:
    places = Places([])
    assert places.period is None and places.within(HERE) == places.absent(HERE) == places.together(9) == ()
    assert places.stops() == places.nearest(HERE, at(0)) == ()
    assert within_sentence((), 25) == "No camera is known to have been within 25 m of it."


def test_paper_has_all_that_was_asked_its_unknowns_and_its_limits() -> None:
    places = Places([camera(1, standing(0, range(601), 3.0, range(200, 301)), span(0, 400)), camera(2, None)])
    asked = Answers(
        HERE,
        0.0,
        places.within(HERE),
        places.absent(HERE),
        places.together(50),
        50.0,
        places.stops(),
        places.nearest(HERE, at(10)),
        at(10),
    )
    report = to_report(
        asked, places, Imprint("CR-1", "Agency", "Inv. K. Salo", at(999), SIGNED), LocalZone.named("UTC")
    )
    assert report.limits == LIMITS and ("No position", "Officer 2") in report.facts
    headings = [s.heading for s in report.sections]
    assert headings[:3] == [
        "Whose cameras were there",
        "When a position is not known",
        "There while their camera did not roll",
    ]
    table = to_csv(report).decode()
    assert '"Officer 1"' in table and "surely" in table and "inside" not in table
    assert any("Stops:" in line for line in said_lines(report))


@pytest.mark.parametrize(("lat", "lon", "radius"), [(91.0, 0.0, 5), (0.0, 181.0, 5), (0.0, 0.0, -1)])
def test_what_is_no_place_on_earth_is_refused(lat: float, lon: float, radius: int) -> None:
    with pytest.raises(ValueError, match=r"earth|radius"):
        circle(lat, lon, radius)


def _case_camera(number: int, *, still: bool = False) -> CaseCamera:
    part = Part("ab" * 32, 9, "cd" * 32, 9, at(0), Micros(600 * SECOND))
    manifest = Manifest(
        f"rec-{number}",
        "Agency",
        Kind.STILL if still else Kind.VIDEO,
        (part,),
        Clock(ClockSource.MANIFEST, Micros(5)),
        Ingest("station", at(0), "1"),
        (),
        officer=f"Officer {number}",
    )
    return CaseCamera(number, manifest, ())


def test_an_added_track_is_its_cameras_officer_or_somebody_without_a_camera() -> None:
    own, added, other = (standing(north, range(601)) for north in (0, 20, 400))
    cameras = (_case_camera(1), _case_camera(2), _case_camera(3, still=True))
    found = placed(cameras, [(1, "Officer 1", own), (1, "A phone", added), (4, "J. Doe", other)])
    assert [(p.key, p.officer, p.track is None, bool(p.rolling)) for p in found] == [
        ("rec-1", "Officer 1", False, True),
        ("rec-2", "Officer 2", True, True),
        ("rec-1", "Officer 1", False, False),
        ("track 4", "J. Doe", False, False),
    ]
    places = Places(found)
    assert places.absent(HERE) == ()  # the officer with the phone rolled
    assert places.together(50) == ()  # one officer's two receivers
