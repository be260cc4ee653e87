"""What a forecast's bands hold: chance, doubt about every rate, and drift of the rates between years.

Each can be turned off, to see how much of a band it makes. How each is drawn is in ``simulate.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reference_data.problems import InvalidInput

SOURCES = ("chance", "parameters", "drift")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertainty:
    """Which sources of uncertainty a forecast holds; all by default.

    Parameters
    ----------
    chance
        Who starts, moves and leaves, and when. Without it every future meets the same luck, that of the first.
    parameters
        That rates, levels and mixes are known only from the events seen. Without it each is its best estimate.
    drift
        That rates change from year to year. Without it they stay as they are on the first day.
    """

    chance: bool = True
    parameters: bool = True
    drift: bool = True

    @staticmethod
    def without(names: Iterable[str]) -> Uncertainty:
        """Return every source but those named.

        Raises
        ------
        InvalidInput
            If a name is none of ``SOURCES``.
        """
        left_out = tuple(names)
        if any(name not in SOURCES for name in left_out):
            raise InvalidInput("unknown_uncertainty", f"A forecast can leave out: {', '.join(SOURCES)}.")
        return Uncertainty(**{name: name not in left_out for name in SOURCES})

    def left_out(self) -> tuple[str, ...]:
        """Return the names of the sources that are left out."""
        return tuple(name for name in SOURCES if not getattr(self, name))

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader of a forecast with something left out must know, in sentences."""
        if not self.left_out():
            return ()
        said = f"The bands leave out: {', '.join(self.left_out())}. They are narrower than what may really happen."
        if not self.chance:
            said += " Every future meets the same luck, so the middle is one future's and not the most likely number."
        return (said,)

    def as_dict(self) -> dict[str, bool]:
        """Return plain values for JSON."""
        return {"chance": self.chance, "parameters": self.parameters, "drift": self.drift}


FULL = Uncertainty()
"""All three sources."""
