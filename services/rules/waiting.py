"""Waiting: how full a stage of a program is."""

from models.waiting import Queue


def is_nearly_full(queue: Queue, *, places: int, taken: int) -> bool:
    """Tell whether so many of the places are taken that somebody must be told."""
    return taken * 100 >= places * queue.nearly_full.percent
