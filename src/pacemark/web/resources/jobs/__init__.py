"""Background work of the Resources room, by noun; importing a module registers its jobs."""

from pacemark.web.resources.jobs import allocation, replays, scores

__all__ = ["allocation", "replays", "scores"]
