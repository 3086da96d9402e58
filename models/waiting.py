"""Waiting: places, and who waits for one. Read from `models/catalogue/waiting/*.yaml`, each threshold with its source."""

from datetime import date

from pydantic import Field

from models.word import Word


class NearlyFull(Word):
    """From which share of its places on a program must tell somebody."""

    percent: int = Field(ge=1, le=100)
    says: str
    source: str


class Queue(Word):
    """The rules of places and of waiting for one."""

    key: str
    version: int
    title: str
    in_force: date
    source: str
    nearly_full: NearlyFull
