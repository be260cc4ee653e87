"""A limit on the whole of a conversation with a server, and not on each of its answers alone.

A time-out of a socket begins anew with every byte, so a server that says a letter now and then would hold a sender for
ever. Here the line itself is cut when the time is over.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def within(seconds: float, line: Callable[[], socket.socket | None]) -> Iterator[None]:
    """Cut the line that ``line`` returns when the time is over.

    Raises
    ------
    TimeoutError
        In place of whatever went wrong once the line was cut.
    """
    over = threading.Event()

    def cut() -> None:
        over.set()
        found = line()
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception:
        if over.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
