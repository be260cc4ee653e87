"""The demonstration's database: filled once, signed in to, and answering."""

from __future__ import annotations

import pytest

from api.auth.passwords import SignInRefused, sign_in
from api.auth.roles import Role
from api.database import migrate
from api.database.engine import open_database
from api.services.sample import SAMPLE_AUTHORITY, LoadedSample, load_sample
from api.services.stored import stored_records
from api.services.waiting_list import waiting_list
from reference_data.problems import Conflict
from reference_data.sample import SAMPLE_DATE
from reference_data.vocabulary import URGENCY_ORDER


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, LoadedSample]:
    """The address of a database filled once for these tests, and what was said when it was."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sample') / 'sample.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_server").new_database()
    return url, load_sample(url)


def test_the_sample_holds_its_records_and_somebody_of_every_role(filled: tuple[str, LoadedSample]) -> None:
    database_url, loaded = filled
    assert {user.role for user in loaded.users} == set(Role)
    assert {result.kind for result in loaded.imports} >= {"homes", "referrals", "stays"}
    assert migrate.check(database_url).whole
    with stored_records(database_url, SAMPLE_AUTHORITY) as records:
        assert {one.authority for one in records.referrals()} == {SAMPLE_AUTHORITY}
        assert all(home.home_id.startswith("DEMO-") for home in records.homes())
        assert records.stays()


def test_the_printed_password_opens_every_role_and_no_other_does(filled: tuple[str, LoadedSample]) -> None:
    database_url, loaded = filled
    database = open_database(database_url)
    for user in loaded.users:
        assert sign_in(database, user.username, loaded.password)
    with pytest.raises(SignInRefused):
        sign_in(database, loaded.users[0].username, "demonstration")
    database.close()


def test_a_database_that_holds_something_is_never_filled_with_the_sample(migrated_url: str) -> None:
    with pytest.raises(Conflict) as raised:
        load_sample(migrated_url)
    assert raised.value.code == "database_not_empty"


def test_the_waiting_list_has_the_most_urgent_first_and_no_birth_date(
    filled: tuple[str, LoadedSample],
) -> None:
    database_url, _ = filled
    with stored_records(database_url, SAMPLE_AUTHORITY) as records:
        view = waiting_list(records, SAMPLE_DATE)
        referrals = {one.referral_id: one for one in records.referrals()}
    assert {entry.referral_id for entry in view.entries} == set(referrals)
    order = [str(urgency) for urgency in URGENCY_ORDER]
    places = [order.index(entry.urgency or "") for entry in view.entries]
    assert places == sorted(places)
    births = {str(one.date_of_birth) for one in referrals.values()}
    assert not any(birth in repr(view) for birth in births - {str(SAMPLE_DATE)})
