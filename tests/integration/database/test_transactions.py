"""What a connection may do: readers cannot write, writers commit all or nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError

from api import audit, clock
from api.database.engine import Database, open_database
from api.database.tables import audit as audit_table
from api.database.tables import authorities
from api.errors import Busy
from tests.conftest import PostgresServer


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    database = open_database(migrated_url)
    yield database
    database.close()


def add_authority(database: Database, code: str) -> None:
    with database.writing() as connection:
        connection.execute(insert(authorities).values(authority=code, added_at=clock.now()))


def codes(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(connection.execute(select(authorities.c.authority)).scalars())


def test_a_reading_connection_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as connection:
        connection.execute(insert(authorities).values(authority="879", added_at=clock.now()))
    assert codes(database) == set()


def test_a_connection_that_read_before_can_write_when_asked_to(database: Database) -> None:
    assert codes(database) == set()
    add_authority(database, "879")
    assert codes(database) == {"879"}


def test_a_block_that_fails_keeps_nothing_of_what_it_wrote(database: Database) -> None:
    with pytest.raises(RuntimeError), database.writing() as connection:
        connection.execute(insert(authorities).values(authority="879", added_at=clock.now()))
        raise RuntimeError
    assert codes(database) == set()


def test_an_instant_comes_back_in_utc_as_it_went_in(database: Database) -> None:
    moment = clock.now()
    with database.writing() as connection:
        connection.execute(insert(authorities).values(authority="879", added_at=moment))
    with database.reading() as connection:
        assert connection.execute(select(authorities.c.added_at)).scalar_one() == moment


def test_an_audit_entry_can_be_neither_changed_nor_deleted(database: Database) -> None:
    with database.writing() as connection:
        audit.append(connection, actor="someone", action="signed_in")
    for statement in ("UPDATE audit SET actor = 'other'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError), database.writing() as connection:
            connection.exec_driver_sql(statement)
    with database.reading() as connection:
        assert audit.verify(connection).entries == 1


def test_an_audit_entry_changed_behind_the_triggers_breaks_the_chain_there(database: Database) -> None:
    with database.writing() as connection:
        for action in ("first", "second", "third"):
            audit.append(connection, actor="someone", action=action)
    with database.reading() as connection:
        assert audit.verify(connection).first_broken is None
    with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_forbids_update")
        connection.execute(
            audit_table.update().where(audit_table.c.sequence == 2).values(actor="somebody else")
        )
    with database.reading() as connection:
        assert audit.verify(connection).first_broken == 2


def test_an_audit_entry_removed_behind_the_triggers_breaks_the_chain(database: Database) -> None:
    with database.writing() as connection:
        for action in ("first", "second", "third"):
            audit.append(connection, actor="someone", action=action)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER ALL")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_forbids_delete")
        connection.execute(audit_table.delete().where(audit_table.c.sequence == 2))
    with database.reading() as connection:
        assert audit.verify(connection).first_broken == 3


def test_writers_side_by_side_make_one_unbroken_chain(database: Database) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(5):
                with database.writing() as connection:
                    audit.append(connection, actor="someone", action="acted")
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with database.reading() as connection:
        assert audit.verify(connection).first_broken is None
        assert connection.execute(select(func.count()).select_from(audit_table)).scalar_one() == 20


def test_of_two_that_wait_for_each_other_one_is_told_that_others_are_saving(
    postgres_server: PostgresServer, migrated_template: str
) -> None:
    database = open_database(postgres_server.new_database(like=migrated_template))
    met, told = threading.Barrier(2), []
    locks = ["LOCK TABLE audit IN EXCLUSIVE MODE", "LOCK TABLE homes IN EXCLUSIVE MODE"]

    def write(first: str, second: str) -> None:
        try:
            with database.writing() as connection:
                connection.exec_driver_sql(first)
                met.wait()
                connection.exec_driver_sql(second)
        except Busy:
            told.append("busy")

    threads = [threading.Thread(target=write, args=order) for order in (locks, locks[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert told == ["busy"]
