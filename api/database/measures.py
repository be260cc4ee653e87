"""Counts of the whole installation for a monitor: how much long work and how many messages are in which state.

Numbers only, of all councils together, so that a monitor learns nothing of any child or council.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from api.database.tables import jobs, outbox


def counts_by_state(connection: Connection) -> dict[str, dict[str, int]]:
    """Return how many jobs and messages are in each state."""
    return {
        name: {
            str(row[0]): int(row[1])
            for row in connection.execute(select(table.c.status, func.count()).group_by(table.c.status))
        }
        for name, table in (("jobs", jobs), ("messages", outbox))
    }
