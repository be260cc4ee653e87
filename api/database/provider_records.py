"""Links by which providers are asked, and what was said over them.

``LinkRecords`` is a council's own side, reached through ``Records`` once the scope is checked. ``OneLink`` is all
that the holder of a link reaches: one referral, one home, and the messages of that link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, and_, insert, select, update

from api import clock
from api.database.tables import provider_links, provider_messages
from reference_data.problems import Conflict, NotFound

MOST_MESSAGES = 100
"""Of one link. It bounds what whoever holds a link can write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderLink:
    """One home asked about one referral."""

    link_id: str
    authority: str
    referral_id: str
    home_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Say whether the link can still be used."""
        return self.ended_at is None and self.expires_at > at


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMessage:
    """One thing said over a link: ``question``, ``reply``, ``offered``, ``declined`` or ``vacancies``."""

    link_id: str
    kind: str
    reason: str | None
    text: str | None
    vacancies: int | None
    actor: str
    at: datetime


class LinkRecords:
    """The links of one council, on one connection and in its transaction."""

    def __init__(self, connection: Connection, authority: str, actor: str) -> None:
        self.connection = connection
        self.authority = authority
        self.actor = actor

    def add(self, referral_id: str, home_id: str, expires_at: datetime) -> ProviderLink:
        """Add a link; an open one for the same referral and home ends, so that one alone is in use."""
        now = clock.now()
        same = and_(
            provider_links.c.authority == self.authority,
            provider_links.c.referral_id == referral_id,
            provider_links.c.home_id == home_id,
            provider_links.c.ended_at.is_(None),
        )
        self.connection.execute(update(provider_links).where(same).values(ended_at=now))
        link = ProviderLink(
            link_id=uuid4().hex,
            authority=self.authority,
            referral_id=referral_id,
            home_id=home_id,
            created_by=self.actor,
            created_at=now,
            expires_at=expires_at,
            ended_at=None,
        )
        values = {name: getattr(link, name) for name in ProviderLink.__slots__}
        self.connection.execute(insert(provider_links).values(**values))
        return link

    def of_referral(self, referral_id: str, *, to_change: bool = False) -> tuple[ProviderLink, ...]:
        """Return the links of one referral, the newest first; to change them, kept from others meanwhile."""
        query = (
            select(provider_links)
            .where(
                and_(
                    provider_links.c.authority == self.authority, provider_links.c.referral_id == referral_id
                )
            )
            .order_by(provider_links.c.created_at.desc(), provider_links.c.link_id)
        )
        rows = self.connection.execute(query.with_for_update() if to_change else query)
        return tuple(ProviderLink(**row._mapping) for row in rows)

    def link(self, link_id: str) -> ProviderLink:
        """Return one link.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        """
        row = self.connection.execute(
            select(provider_links).where(
                and_(provider_links.c.authority == self.authority, provider_links.c.link_id == link_id)
            )
        ).first()
        if row is None:
            raise no_such_link()
        return ProviderLink(**row._mapping)

    def end(self, link_id: str) -> None:
        """End a link before its time.

        Raises
        ------
        NotFound
            If there is none of that id in view.
        Conflict
            If it has ended already.
        """
        if self.link(link_id).ended_at is not None:
            raise Conflict("link_ended", "This link has ended already.")
        self.connection.execute(
            update(provider_links)
            .where(and_(provider_links.c.authority == self.authority, provider_links.c.link_id == link_id))
            .values(ended_at=clock.now())
        )


class OneLink:
    """What the holder of one link reaches, whichever council it is of. Whether it is open is asked elsewhere."""

    def __init__(self, connection: Connection, link_id: str) -> None:
        self.connection = connection
        row = connection.execute(select(provider_links).where(provider_links.c.link_id == link_id)).first()
        if row is None:
            raise no_such_link()
        self.link = ProviderLink(**row._mapping)

    @property
    def actor(self) -> str:
        """Return the name that the audit keeps: no person is known, only the link."""
        return f"provider link {self.link.link_id}"


def messages_of(connection: Connection, link: ProviderLink) -> tuple[ProviderMessage, ...]:
    """Return what was said over a link that was looked up before, in order of time."""
    messages = provider_messages
    rows = connection.execute(
        select(messages)
        .join_from(messages, provider_links, provider_links.c.link_id == messages.c.link_id)
        .where(and_(provider_links.c.authority == link.authority, messages.c.link_id == link.link_id))
        .order_by(messages.c.at, messages.c.message_id)
    )
    return tuple(
        ProviderMessage(**{name: row._mapping[name] for name in ProviderMessage.__slots__}) for row in rows
    )


def say(connection: Connection, link: ProviderLink, actor: str, said: Mapping[str, Any]) -> None:
    """Add a message to a link.

    Raises
    ------
    Conflict
        If the link holds as many messages as it may.
    """
    if len(messages_of(connection, link)) >= MOST_MESSAGES:
        raise Conflict("too_many_messages", "Nothing more can be said over this link. Telephone the council.")
    connection.execute(
        insert(provider_messages).values(
            message_id=uuid4().hex, link_id=link.link_id, actor=actor, at=clock.now(), **said
        )
    )


def no_such_link() -> NotFound:
    """Return the one answer to a link that was forged, has run out, was ended or never was."""
    return NotFound(
        "no_such_link", "This link does not work, or works no longer. Ask the council for a new one."
    )
