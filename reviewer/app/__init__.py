"""The composition root: the only place that knows every room. `root` makes the program, `desk` what a person who is
logged on works at, `case_room` one open case; `check` does it all once without a person."""

from __future__ import annotations

from reviewer.app.start import main

__all__ = ["main"]
