"""The demonstration says since when its stays are complete, so that crisis beds are not counted from May 2018."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from api.services.analysis_inputs import stays_complete_since, written_by_council
from api.services.sample import SAMPLE_AUTHORITY, load_partnership
from api.services.stored import stored_records
from reference_data.sample import SAMPLE_DATE


def test_the_demonstrations_stays_are_complete_for_the_days_that_its_generator_covers(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    load_partnership(url)
    with stored_records(url, SAMPLE_AUTHORITY) as records:
        since = stays_complete_since(written_by_council(records, SAMPLE_AUTHORITY), SAMPLE_DATE)
        starts = [stay.started_on for stay in records.stays() if stay.started_on is not None]
    assert since == SAMPLE_DATE - timedelta(days=90)
    assert min(starts) < since
    assert sum(day >= since for day in starts) > 5
