"""The same person at the same window as in the journeys; here the machine fails under them."""

from __future__ import annotations

from tests.journeys.conftest import command, demo, made_demo, person, reviewing, sit_down

__all__ = ["command", "demo", "made_demo", "person", "reviewing", "sit_down"]
