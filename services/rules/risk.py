"""Risk: which warning stands. It counts from whoever gives it; only a clinician's own signature takes it back."""

from collections.abc import Collection, Iterable
from typing import Protocol, TypeVar


class Screen(Protocol):
    """A screen that came to a band."""

    @property
    def band(self) -> str | None:
        """What it came to."""

    @property
    def signed(self) -> bool:
        """Whether it counts as signed."""

    @property
    def attested(self) -> bool:
        """Whether only its source or its client stands for it."""


S = TypeVar("S", bound=Screen)


def open_warning(screens: Iterable[S], bands: Collection[str]) -> S | None:
    """Return the warning that nobody with a credential has taken back, if there is one.

    Shapes: screens with a band, newest first; `bands` are those that warn.
    """
    for one in screens:
        if one.band in bands:
            return one
        if one.signed and not one.attested:
            return None
    return None
