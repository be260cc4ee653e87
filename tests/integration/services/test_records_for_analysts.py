"""Every list of the invented partnership's records can be read by an analyst, who is given no free text."""

from __future__ import annotations

from pathlib import Path

from api.database.engine import open_database
from api.database.records import Records, Scope
from api.services.sample import SAMPLE_AUTHORITY, load_partnership


def test_an_analyst_reads_the_partnership_with_its_codes_and_without_empty_places_in_its_lists(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'partnership.sqlite3'}"
    load_partnership(url)
    database = open_database(url)
    whole = Scope(authorities=frozenset({SAMPLE_AUTHORITY}), actor="officer")
    analyst = Scope(authorities=whole.authorities, actor="analyst", pseudonym_key=b"a key of a test only")
    try:
        with database.reading() as connection:
            known, told = Records(connection, whole), Records(connection, analyst)
            required = sorted(one.requires for one in known.referrals())
            assert any(required)
            assert sorted(one.requires for one in told.referrals()) == required
            assert any(one.communication for one in known.referrals())
            assert not any(one.communication for one in told.referrals())
            assert len(told.homes()) == len(known.homes())
    finally:
        database.close()
