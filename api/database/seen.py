"""What one reader sees of the records in view: restricted children left out, ids replaced for analysts.

Every record passes through here on its way out of the one door (``records.py``). A restricted child's own
records are as if they were not there; where another record names that child, an opaque word stands instead.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from api import clock
from api.database.tables import broken_glass, restrictions
from reference_data.fields import FieldType, load_fields

if TYPE_CHECKING:
    from api.database.records import Scope

CHILD_IDS = {
    "referral": ("child_id", "not_with"),
    "stay": ("child_id",),
    "home": ("beds.held_for", "residents.child_id", "approved_for", "exemptions.child_id"),
}
"""Where a record names a child; every other record of one child names it in ``child_id``."""
OF_ONE_CHILD = ("child_id", "with_children")
OTHER_IDS = {
    "referral": ("referral_id", "sibling_group"),
    "stay": ("stay_id",),
    "home": ("residents.sibling_group",),
}
"""What else would lead back to a child; of every other record, its own id and the ids it refers to."""
REFERENCES = ("referral_id", "decision_id", "from_placement_id", "to_placement_id")
DROPPED = {
    "referral": ("home_search", "placement_found", "wishes", "avoid"),
    "stay": (),
    "home": ("partner_concern_evidence", "partner_concern_reply"),
}
"""Parts that an analyst is not given at all; nor is any free text of another record than a stay or a home."""
FREE_OF_TEXT = frozenset({"stay", "home"})
KEPT_TEXTS = frozenset(
    {
        "important_places.how_often",
        "prefers.gender_of_carer",
        "urn",
        "asked_at",
        "offer_expires_at",
        "codes",
        "requires",
        "policy_version",
        "input_hash",
    }
)
"""Texts that hold one of a few words, a number, a time of day or a digest."""


class Seen:
    """What one scope sees, looked up once for a transaction."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.hidden = _hidden_children(connection, scope)
        self.withheld: set[str] = set()
        self._key = scope.pseudonym_key

    @property
    def fingerprint(self) -> list[str]:
        """Return what tells readers apart who see the same records differently; it gives no key away."""
        key = [] if self._key is None else [sha256(b"reader|" + self._key).hexdigest()]
        return [*sorted(self.hidden), *key]

    def without_hidden(self, answer: Any) -> Any:
        """Return an answer that was kept, without the children this reader may not see.

        Their rows are left out, and in every text or list an opaque word stands for their ids.
        """
        if not self.hidden:
            return answer
        if isinstance(answer, Mapping):
            # A table by child, such as the weights of a certificate, names each in its key.
            return {
                name: self.without_hidden(value) for name, value in answer.items() if name not in self.hidden
            }
        if isinstance(answer, list | tuple):
            return [
                self.without_hidden(one)
                for one in answer
                if not (isinstance(one, Mapping) and one.get("child_id") in self.hidden)
                and one not in self._ids
            ]
        if isinstance(answer, str):
            for child_id in self._ids:
                answer = answer.replace(child_id, "restricted")
        return answer

    @property
    def _ids(self) -> list[str]:
        # Longest first, so that an id within another is never what is replaced.
        return sorted(self.hidden, key=lambda child_id: (-len(child_id), child_id))

    def shows(self, record: str, values: Mapping[str, Any]) -> bool:
        """Return whether a record of one child may be shown at all."""
        return record == "home" or values.get("child_id") not in self.hidden

    def told(self, record: str, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of a record, typed or as stored, as this reader is told them."""
        children = CHILD_IDS.get(record, OF_ONE_CHILD)
        if self.hidden:
            values = _changed(values, children, self._opaque)
        if self._key is not None:
            values = {name: value for name, value in values.items() if name not in DROPPED.get(record, ())}
            values = _changed(values, _free_texts(record), lambda _text: None)
            values = _changed(values, children, lambda name: self._pseudonym("C", name))
            values = _changed(values, _other_ids(record), lambda name: self._pseudonym("R", name))
        return values

    def child(self, child_id: str) -> str:
        """Return the id of a child as this reader is told it."""
        if child_id in self.hidden:
            return self._opaque(child_id)
        return child_id if self._key is None else self._pseudonym("C", child_id)

    def reference(self, record_id: str) -> str:
        """Return the id of a record about a child as this reader is told it."""
        return record_id if self._key is None else self._pseudonym("R", record_id)

    def text(self, text: str | None) -> str | None:
        """Return what somebody wrote about a child, or nothing to a reader who is given no free text."""
        return text if self._key is None else None

    def all_told(self, record: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return those of many records that may be shown, as told; remember whose were withheld."""
        shown = []
        for values in found:
            if self.shows(record, values):
                shown.append(self.told(record, values))
            else:
                self.withheld.add(values["child_id"])
        return shown

    def _opaque(self, child_id: str) -> str:
        return "restricted" if child_id in self.hidden else child_id

    def _pseudonym(self, kind: str, name: str) -> str:
        digest = hmac.new(self._key or b"", f"{kind}|{name}".encode(), sha256).digest()
        return f"{kind}-{b32encode(digest)[:10].decode()}"


def _hidden_children(connection: Connection, scope: Scope) -> frozenset[str]:
    if scope.sees_restricted:
        return frozenset()
    restricted = connection.execute(
        select(restrictions.c.child_id).where(restrictions.c.authority.in_(scope.authorities))
    ).scalars()
    opened = connection.execute(
        select(broken_glass.c.child_id).where(
            broken_glass.c.authority.in_(scope.authorities),
            broken_glass.c.actor == scope.actor,
            broken_glass.c.until > clock.now(),
        )
    ).scalars()
    return frozenset(restricted) - frozenset(opened)


@cache
def _free_texts(record: str) -> tuple[str, ...]:
    if record in FREE_OF_TEXT:
        return ()
    columns = (
        field.column for field in load_fields(record) if field.type in {FieldType.TEXT, FieldType.TEXTS}
    )
    return tuple(column for column in columns if column not in KEPT_TEXTS)


@cache
def _other_ids(record: str) -> tuple[str, ...]:
    if record in OTHER_IDS:
        return OTHER_IDS[record]
    fields = load_fields(record)
    if not any(field.column == "child_id" for field in fields):
        return ()
    return (fields[0].column, *REFERENCES)


def _changed(
    values: dict[str, Any], columns: tuple[str, ...], change: Callable[[str], str | None]
) -> dict[str, Any]:
    """Return values with every text in some columns changed; ``a.b`` is column b of a, or of each in a list a."""
    changed = dict(values)
    for column in columns:
        name, _, inner = column.partition(".")
        if changed.get(name) is not None:
            changed[name] = _changed_value(changed[name], inner, change)
    return changed


def _changed_value(value: Any, inner: str, change: Callable[[str], str | None]) -> Any:
    if isinstance(value, list | tuple):
        items = (_changed_value(item, inner, change) for item in value)
        # A text that is not told leaves no empty place in its list.
        return type(value)(item for item in items if item is not None)
    if isinstance(value, Mapping):
        return _changed(dict(value), (inner,), change) if inner else dict(value)
    # A bare list of residents names children by itself.
    return change(value) if isinstance(value, str) else value
