"""What a monitor is told of this server: requests by route and how long they took, as counts that only grow.

Counted in memory from the start of the server, by the route's pattern and never by what was filled in. What stands in
the database (long work, messages) is counted there when a monitor asks (``api/database/measures.py``). The text is that
of Prometheus, version 0.0.4, which other monitors read too.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counts of one server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0

    def count_request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Count one request."""
        with self._lock:
            self._requests[method, route or "none", status] += 1
            self._seconds += seconds
            for bucket in BUCKETS_SECONDS:
                if seconds <= bucket:
                    self._within[bucket] += 1

    def text(self, stored: Mapping[str, Mapping[str, int]]) -> str:
        """Return everything as text, with what was counted in the database: a number by label for each name."""
        with self._lock:
            requests, within, seconds = dict(self._requests), dict(self._within), self._seconds
        total = sum(requests.values())
        lines = _family(
            "righthome_requests_total",
            "counter",
            "Requests answered since the server started.",
            (
                (f'{{method="{method}",route="{_quoted(route)}",status="{status}"}}', count)
                for (method, route, status), count in sorted(requests.items())
            ),
        )
        lines += [
            "# HELP righthome_request_seconds How long requests took.",
            "# TYPE righthome_request_seconds histogram",
            *(
                f'righthome_request_seconds_bucket{{le="{one}"}} {within.get(one, 0)}'
                for one in BUCKETS_SECONDS
            ),
            f'righthome_request_seconds_bucket{{le="+Inf"}} {total}',
            f"righthome_request_seconds_sum {seconds:.6f}",
            f"righthome_request_seconds_count {total}",
        ]
        for name, by_status in stored.items():
            lines += _family(
                f"righthome_{name}",
                "gauge",
                f"{name.capitalize()} of the whole installation by their state.",
                ((f'{{status="{status}"}}', count) for status, count in sorted(by_status.items())),
            )
        return "\n".join(lines) + "\n"


def _family(name: str, kind: str, means: str, values: Iterable[tuple[str, int]]) -> list[str]:
    return [f"# HELP {name} {means}", f"# TYPE {name} {kind}", *(f"{name}{label} {n}" for label, n in values)]


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
