"""Reviewer: several officers' cameras on one clock, and a log that proves what was watched."""

__version__ = "0.1.0"
