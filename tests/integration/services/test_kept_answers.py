"""What a server keeps between requests: the same answers as worked out anew, and never another council's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.kept import Kept, LastUsed
from api.services.importing import import_file
from api.services.ranked_options import ranked_options
from api.services.waiting_list import waiting_list
from matching import rank_homes
from reference_data.problems import NotFound
from reference_data.sample import SAMPLE_DATE, sample_path


@dataclass(frozen=True, slots=True)
class Two:
    """A database with the sample in one council, and two of its homes and one of its children in another."""

    url: str
    database: Database

    def records(self, connection, authority: str) -> Records:
        return Records(connection, Scope(authorities=frozenset({authority}), actor="tester"))


@pytest.fixture
def two(migrated_url: str, tmp_path) -> Iterator[Two]:
    for kind in ("homes", "referrals"):
        import_file(migrated_url, kind, sample_path(kind), "879", "tester")
    some = tmp_path / "referrals.csv"
    some.write_text(
        "referral_id,child_id,date_of_birth,urgency,needed_by\n"
        "DEMO-R01,DEMO-OTHER,2011-01-01,planned,2026-06-20\n"
    )
    import_file(migrated_url, "referrals", some, "878", "tester")
    database = open_database(migrated_url)
    yield Two(migrated_url, database)
    database.close()


def test_counting_options_by_the_rules_gives_as_many_as_the_ranking_shows(two: Two, tmp_path) -> None:
    # One more child, who by the record is settled, in a home that is not registered: no placement.
    asleep = tmp_path / "asleep.csv"
    asleep.write_text(
        "referral_id,child_id,date_of_birth,urgency,needed_by,current_home_id\n"
        "DEMO-R98,DEMO-C98,2014-01-01,planned,2026-06-20,DEMO-H24\n"
    )
    import_file(two.url, "referrals", asleep, "879", "tester")
    with two.database.reading() as connection:
        records = two.records(connection, "879")
        counted = {one.referral_id: one.options for one in _list(records, Kept()).entries}
        referrals, homes = records.referrals(), records.homes()
        assert {
            one.referral_id: len(
                rank_homes(
                    one, homes, as_of=SAMPLE_DATE, others=[o for o in referrals if o is not one]
                ).options
            )
            for one in referrals
        } == counted
        assert len(set(counted.values())) > 5
        assert counted["DEMO-R98"]


def test_only_the_places_of_the_list_that_are_shown_are_counted(two: Two) -> None:
    with two.database.reading() as connection:
        records = two.records(connection, "879")
        whole = _list(records, Kept()).entries
        some = waiting_list(records, SAMPLE_DATE, options_of=range(3, 5)).entries
        assert [one.referral_id for one in some] == [one.referral_id for one in whole]
        assert [one.options for one in some[3:5]] == [one.options for one in whole[3:5]]
        assert {one.options for one in (*some[:3], *some[5:])} == {None}
        nobody = waiting_list(records, SAMPLE_DATE).entries
        assert {one.options for one in nobody} == {None}


def test_a_kept_answer_is_the_one_that_is_worked_out_anew(two: Two) -> None:
    kept = Kept()
    with two.database.reading() as connection:
        records = two.records(connection, "879")
        first = ranked_options(records, "DEMO-R01", SAMPLE_DATE, kept=kept)
        again = ranked_options(records, "DEMO-R01", SAMPLE_DATE, kept=kept)
        anew = ranked_options(records, "DEMO-R01", SAMPLE_DATE)
        assert again is first
        assert again.as_dict() == anew.as_dict()
        assert _list(records, kept) == _list(records, kept) == _list(records, Kept())
        # Keeping an answer does not hide from the audit that the record was opened again.
        assert records.viewed.count(("referral", "DEMO-R01")) == 3


def test_two_councils_with_the_same_ids_never_see_each_others_answers(two: Two) -> None:
    kept = Kept()
    with two.database.reading() as connection:
        ours, theirs = two.records(connection, "879"), two.records(connection, "878")
        for records in (ours, theirs, ours, theirs):
            _list(records, kept)
            ranked_options(records, "DEMO-R01", SAMPLE_DATE, kept=kept)
        mine = ranked_options(ours, "DEMO-R01", SAMPLE_DATE, kept=kept)
        other = ranked_options(theirs, "DEMO-R01", SAMPLE_DATE, kept=kept)
        assert mine.options
        assert not other.options
        assert not other.excluded
        assert [one.child_id for one in _list(theirs, kept).entries] == ["DEMO-OTHER"]
        with pytest.raises(NotFound):
            ranked_options(theirs, "DEMO-R02", SAMPLE_DATE, kept=kept)


def test_a_changed_record_another_day_and_another_policy_are_worked_out_anew(two: Two, tmp_path) -> None:
    kept = Kept()
    with two.database.reading() as connection:
        records = two.records(connection, "879")
        before = records.version()
        first = ranked_options(records, "DEMO-R01", SAMPLE_DATE, kept=kept)
        next_day = ranked_options(records, "DEMO-R01", date(2026, 6, 16), kept=kept)
        assert next_day.as_of != first.as_of
    closed = tmp_path / "homes.csv"
    home_id = first.options[0].home_id
    closed.write_text(f"home_id,type,status\n{home_id},{first.options[0].home.type},closed\n")
    import_file(two.url, "homes", closed, "879", "tester")
    with two.database.reading() as connection:
        records = two.records(connection, "879")
        assert records.version() != before
        after = ranked_options(records, "DEMO-R01", SAMPLE_DATE, kept=kept)
        assert home_id not in {option.home_id for option in after.options}
        assert home_id in {home.home_id for home in after.excluded}


def test_what_was_not_asked_for_longest_is_dropped_first() -> None:
    memory: LastUsed[int] = LastUsed(2)
    worked_out: list[str] = []

    def ask(key: str) -> None:
        memory.answer(key, lambda: worked_out.append(key) or len(worked_out))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert worked_out == ["a", "b", "c", "b"]


def _list(records: Records, kept: Kept):
    return waiting_list(records, SAMPLE_DATE, options_of=range(1000), kept=kept)
