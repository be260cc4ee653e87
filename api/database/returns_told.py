"""Single facts looked up in the statutory returns as they are kept, without reading the returns whole."""

from __future__ import annotations

from sqlalchemy import Connection, select

from api.database.tables import return_files, return_rows

CHILD, ETHNIC = "CHILD", "ETHNIC"


def ethnicity_in_returns(connection: Connection, authority: str) -> dict[str, str]:
    """Return the ethnicity code of each child by the return's child id, of the latest file that records one."""
    files = connection.execute(
        select(return_files.c.file_name, return_files.c.header)
        .where(return_files.c.authority == authority)
        # Files are named by year, so a later one stands later.
        .order_by(return_files.c.file_name)
    ).all()
    found: dict[str, str] = {}
    for file in files:
        if not {CHILD, ETHNIC} <= set(file.header):
            continue
        rows = connection.execute(
            select(return_rows.c.cells)
            .where(return_rows.c.authority == authority, return_rows.c.file_name == file.file_name)
            .order_by(return_rows.c.row_number)
        ).scalars()
        for cells in rows:
            if cells.get(CHILD) and cells.get(ETHNIC):
                found[str(cells[CHILD])] = str(cells[ETHNIC])
    return found
