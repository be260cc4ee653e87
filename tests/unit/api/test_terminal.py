"""A text of a record can hold whatever somebody typed, and never commands the terminal."""

from __future__ import annotations

import io
import os
import sys

import pytest
from rich.table import Table
from rich.text import Text

from api.terminal import Terminal, leaving_with

HOSTILE = "OK \x1b[31mred\x1b]0;title\x07 \x9b2J\u202e end"


def test_control_characters_of_texts_are_dropped_wherever_they_are_printed() -> None:
    file = io.StringIO()
    terminal = Terminal(file=file, width=200, force_terminal=True, color_system="standard")
    table = Table("A")
    table.add_row(HOSTILE)
    terminal.print(HOSTILE, markup=False)
    terminal.print(Text(HOSTILE))
    terminal.print(table)
    said = file.getvalue()
    assert said.count("end") == 3
    for command in ("\x1b[31m", "\x1b]0;", "\x07", "\x9b", "\u202e"):
        assert command not in said


def test_our_own_colours_stay() -> None:
    file = io.StringIO()
    terminal = Terminal(file=file, width=80, force_terminal=True, color_system="standard")
    terminal.print("late", style="red")
    assert "\x1b[31mlate" in file.getvalue()


def test_whoever_reads_no_further_is_left_with_the_exit_code_that_the_answer_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with os.fdopen(writes, "w") as unread:
        monkeypatch.setattr(sys, "stdout", unread)
        with pytest.raises(SystemExit) as left, leaving_with(3):
            Terminal(file=unread).print("3 faults in this plan:")
        assert left.value.code == 3
