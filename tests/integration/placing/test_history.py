"""Every state of every record: written with the change, never changed after, read as of any instant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from api import clock
from api.database import history
from api.database.kinds import KINDS
from api.database.placing_tables import record_history
from reference_data.problems import Conflict, NotFound, NotPermitted

from .conftest import AUTHORITY, Council, child, house
from .invariants import broken


def test_an_import_writes_a_state_for_what_it_adds_or_changes_and_none_for_the_rest(council: Council) -> None:
    council.has("referrals", child(1), child(2))
    council.has("referrals", child(1), child(2, urgency="crisis"))
    with council.reading() as records:
        kept = records.kept("referrals", AUTHORITY)
        assert [state.version for state in kept.states("DEMO-R1")] == [1]
        first, second = kept.states("DEMO-R2")
    assert (first.actor, second.version) == ("importer", 2)
    assert [(one.field, one.before, one.after) for one in second.changes] == [
        ("urgency", "planned", "crisis")
    ]
    assert broken(council.url) == []


def test_records_are_read_as_they_stood_at_any_instant(council: Council) -> None:
    council.has("homes", house(vacancies=1))
    between = clock.now()
    council.has("homes", house(vacancies=3), house(2))
    with council.reading() as records:
        homes = records.kept("homes", AUTHORITY)
        assert homes.as_of(between - timedelta(days=1)) == {}
        assert {key: values["vacancies"] for key, values in homes.as_of(between).items()} == {"DEMO-H1": 1}
        assert {key: values["vacancies"] for key, values in homes.as_of(clock.now()).items()} == {
            "DEMO-H1": 3,
            "DEMO-H2": 1,
        }


def test_what_was_read_as_of_an_instant_stays_so_whatever_is_changed_later(council: Council) -> None:
    seen: list[tuple[Any, dict[str, Any]]] = []
    for vacancies in (1, 3, 0, 2):
        council.has("homes", house(vacancies=vacancies))
        with council.reading() as records:
            at = clock.now()
            seen.append((at, records.kept("homes", AUTHORITY).as_of(at)))
    with council.reading() as records:
        for at, then in seen:
            assert records.kept("homes", AUTHORITY).as_of(at) == then


def test_history_cannot_be_changed(council: Council) -> None:
    council.has("homes", house())
    with pytest.raises(DBAPIError), council.database.writing() as connection:
        connection.exec_driver_sql("UPDATE record_history SET actor = 'other'")


def test_a_change_that_is_undone_leaves_no_state(council: Council) -> None:
    council.has("homes", house())
    with pytest.raises(RuntimeError), council.records() as records:
        homes = records.kept("homes", AUTHORITY)
        homes.change("DEMO-H1", {**homes.one("DEMO-H1").values, "vacancies": 2}, version=1)
        raise RuntimeError
    with council.reading() as records:
        count = select(func.count()).select_from(record_history)
        assert records.connection.execute(count).scalar_one() == 1


def test_another_councils_history_and_records_are_not_found(council: Council) -> None:
    council.has("referrals", child(1))
    with council.reading("878") as records:
        with pytest.raises(NotPermitted):
            records.kept("referrals", AUTHORITY)
        with pytest.raises(NotFound):
            records.kept("referrals", "878").states("DEMO-R1")
        assert history.records_as_of(records.connection, frozenset({"878"}), "referrals", clock.now()) == {}


def test_two_who_change_one_version_the_second_is_refused_and_an_import_between_counts(
    council: Council,
) -> None:
    council.has("homes", house())
    with council.records("first") as records:
        homes = records.kept("homes", AUTHORITY)
        read = homes.one("DEMO-H1")
        homes.change("DEMO-H1", {**read.values, "vacancies": 2}, version=read.version)
    council.has("homes", house(vacancies=3))
    for version in (1, 2):
        with pytest.raises(Conflict) as refused, council.records("second") as records:
            records.kept("homes", AUTHORITY).change("DEMO-H1", read.values, version=version)
        assert refused.value.code == "stale_edit"
    with council.reading() as records:
        assert records.kept("homes", AUTHORITY).one("DEMO-H1").version == 3


def test_a_record_of_an_id_that_is_there_is_a_conflict(council: Council) -> None:
    council.has("homes", house())
    with council.records() as records:
        homes = records.kept("homes", AUTHORITY)
        with pytest.raises(Conflict):
            homes.add(homes.one("DEMO-H1").values)
        # The transaction goes on.
        assert homes.one("DEMO-H1").version == 1


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_record_has_a_field_table_and_its_columns_are_fields(kind: str) -> None:
    from reference_data.fields import load_fields

    form = KINDS[kind]
    fields = {field.value_name for field in load_fields(form.record) if field.parent is None}
    assert form.key in fields
    assert set(form.columns.values()) <= fields
