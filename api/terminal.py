"""The terminal that answers are printed on: what a text of a record holds can never command it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Every control character but the end of a line, and those that turn the direction of writing."""


class Terminal(Console):
    """A console that drops the control characters of texts; colours and widths of our own stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return the pieces to print, their texts without control characters."""
        for piece in super().render(renderable, options):
            if piece.control:
                yield piece
            else:
                yield Segment(_CONTROLS.sub("", piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Let the broken pipe through, where the library would leave with 1: nobody reading on is no fault."""
        # Whoever prints knows the exit code of the answer (``leaving_with``); else ``main`` leaves with 0.
        self.quiet = True
        raise


@contextmanager
def leaving_with(exit_code: int) -> Iterator[None]:
    """Leave with the answer's exit code where whoever reads it goes before all of it is printed.

    ``righthome verify ... | head -1`` has found the same faults, however many of them are read.
    """
    try:
        yield
    except BrokenPipeError:
        end_for_want_of_a_reader(exit_code)


def end_for_want_of_a_reader(exit_code: str | int | None = 0) -> NoReturn:
    """Leave without a word where whoever read our output has gone, as ``head`` does; it is no fault."""
    # The interpreter writes out what is left when it ends, and would complain of the same pipe again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(exit_code)
