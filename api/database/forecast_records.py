"""The forecasts of one council that were kept: each under the digest of everything it was made from.

Reached through ``Records.forecasts_of``, which has checked the scope; rows stay here. A forecast that nobody adopted
is only kept to spare the work of making it again; one that was adopted is a record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api import clock
from api.database import tables
from api.database.stored import digest
from reference_data.problems import Conflict, NotFound

MOST_KEPT = 12
"""Forecasts kept for a council that nobody adopted; the oldest give way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForecast:
    """A forecast's answer as it was given, when it was made, and who adopted it.

    Parameters
    ----------
    forecast_id
        The digest of what it was made from.
    """

    forecast_id: str
    starts_on: date
    answer: dict[str, Any]
    made_at: datetime
    adopted_at: datetime | None
    adopted_by: str | None


class ForecastRecords:
    """The kept forecasts of one council, on one connection and in its transaction."""

    def __init__(self, connection: Connection, authority: str) -> None:
        self.connection = connection
        self.authority = authority

    def id_of(self, asked: Mapping[str, Any]) -> str:
        """Return the digest of what was asked and of every record that a forecast of this council is made from."""
        records = {
            name: self.connection.execute(
                select(key, told).where(table.c.authority == self.authority).order_by(key)
            ).all()
            for name, table, key, told in (
                (
                    "returns",
                    tables.return_files,
                    tables.return_files.c.file_name,
                    tables.return_files.c.file_digest,
                ),
                ("homes", tables.homes, tables.homes.c.home_id, tables.homes.c.record_digest),
                (
                    "referrals",
                    tables.referrals,
                    tables.referrals.c.referral_id,
                    tables.referrals.c.record_digest,
                ),
            )
        }
        return digest(
            {"asked": dict(asked)} | {name: [list(row) for row in rows] for name, rows in records.items()}
        )

    def found(self, forecast_id: str) -> KeptForecast | None:
        """Return a kept forecast, or ``None``."""
        row = self.connection.execute(select(tables.forecasts).where(self._is(forecast_id))).first()
        return None if row is None else _kept(row)

    def keep(self, forecast_id: str, answer: Mapping[str, Any]) -> KeptForecast:
        """Keep an answer under its id; one that is there stays as it is. The oldest that nobody adopted give way."""
        dialect = sqlite if self.connection.dialect.name == "sqlite" else postgresql
        # Two readers may make the same forecast at once; both answers are the same.
        self.connection.execute(
            dialect.insert(tables.forecasts)
            .values(
                authority=self.authority,
                forecast_id=forecast_id,
                starts_on=date.fromisoformat(answer["from"]),
                answer=dict(answer),
                made_at=clock.now(),
            )
            .on_conflict_do_nothing()
        )
        newest = (
            select(tables.forecasts.c.forecast_id)
            .where(tables.forecasts.c.authority == self.authority, tables.forecasts.c.adopted_at.is_(None))
            .order_by(tables.forecasts.c.made_at.desc(), tables.forecasts.c.forecast_id)
            .limit(MOST_KEPT)
        )
        keep = [*self.connection.execute(newest).scalars(), forecast_id]
        self.connection.execute(
            delete(tables.forecasts).where(
                tables.forecasts.c.authority == self.authority,
                tables.forecasts.c.adopted_at.is_(None),
                tables.forecasts.c.forecast_id.not_in(keep),
            )
        )
        kept = self.found(forecast_id)
        if kept is None:
            raise RuntimeError("a forecast that was just kept is not there")
        return kept

    def adopt(self, forecast_id: str, actor: str) -> KeptForecast:
        """Mark a kept forecast as the council's own, for ever.

        Raises
        ------
        NotFound
            If no forecast of that id is kept: the records it was made from have changed, or it gave way.
        Conflict
            If it was adopted already.
        """
        kept = self.found(forecast_id)
        if kept is None:
            raise NotFound("no_such_forecast", "This forecast is no longer kept. Open the page again.")
        if kept.adopted_at is not None:
            raise Conflict("already_adopted", "This forecast was adopted already.")
        self.connection.execute(
            update(tables.forecasts)
            .where(self._is(forecast_id))
            .values(adopted_at=clock.now(), adopted_by=actor)
        )
        found = self.found(forecast_id)
        return found if found is not None else kept

    def all(self) -> tuple[KeptForecast, ...]:
        """Return every forecast that is kept, the newest first."""
        rows = self.connection.execute(
            select(tables.forecasts)
            .where(tables.forecasts.c.authority == self.authority)
            .order_by(tables.forecasts.c.made_at.desc(), tables.forecasts.c.forecast_id)
        )
        return tuple(_kept(row) for row in rows)

    def adopted(self) -> tuple[KeptForecast, ...]:
        """Return the forecasts that were adopted, the newest first."""
        rows = self.connection.execute(
            select(tables.forecasts)
            .where(tables.forecasts.c.authority == self.authority, tables.forecasts.c.adopted_at.is_not(None))
            .order_by(tables.forecasts.c.adopted_at.desc(), tables.forecasts.c.forecast_id)
        )
        return tuple(_kept(row) for row in rows)

    def _is(self, forecast_id: str) -> Any:
        return and_(
            tables.forecasts.c.authority == self.authority, tables.forecasts.c.forecast_id == forecast_id
        )


def _kept(row: Any) -> KeptForecast:
    return KeptForecast(
        forecast_id=row.forecast_id,
        starts_on=row.starts_on,
        answer=row.answer,
        made_at=row.made_at,
        adopted_at=row.adopted_at,
        adopted_by=row.adopted_by,
    )
