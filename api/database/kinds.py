"""The kinds of kept record: the field table that describes each, its table, its key and the columns kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from api.database import placing_tables, tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record.

    Parameters
    ----------
    record
        The name of its field table.
    key
        The field that is its id.
    columns
        Column of the table to field of the record.
    about_a_child
        Whether looking at one is looking at a child's record.
    """

    name: str
    record: str
    table: Table
    key: str
    columns: Mapping[str, str] = field(default_factory=dict)
    about_a_child: bool = True


def _kind(
    name: str, record: str, table: Table, key: str, *columns: str, about_a_child: bool = True
) -> tuple[str, Kind]:
    return name, Kind(
        name=name,
        record=record,
        table=table,
        key=key,
        columns={column: column for column in columns},
        about_a_child=about_a_child,
    )


KINDS: dict[str, Kind] = dict(
    (
        _kind(
            "referrals",
            "referral",
            tables.referrals,
            "referral_id",
            *("child_id", "urgency", "needed_by", "legal_status", "sibling_group"),
        ),
        (
            "homes",
            Kind(
                name="homes",
                record="home",
                table=tables.homes,
                key="home_id",
                columns={
                    "type": "type",
                    "area_authority": "authority",
                    "status": "status",
                    "contract": "contract",
                },
                about_a_child=False,
            ),
        ),
        _kind("stays", "stay", tables.stays, "stay_id", "child_id", "setting", "started_on", "ended_on"),
        _kind(
            "needs_assessments",
            "needs_assessment",
            placing_tables.needs_assessments,
            "assessment_id",
            *("child_id", "assessed_on"),
        ),
        _kind(
            "enquiries",
            "enquiry",
            placing_tables.enquiries,
            "enquiry_id",
            *("child_id", "referral_id", "home_id", "asked_on", "answer"),
        ),
        _kind(
            "contracts",
            "contract",
            placing_tables.contracts,
            "contract_id",
            "kind",
            "ends_on",
            about_a_child=False,
        ),
        _kind(
            "voids",
            "void",
            placing_tables.voids,
            "void_id",
            *("contract_id", "home_id", "until_on"),
            about_a_child=False,
        ),
        _kind(
            "nominations",
            "nomination",
            placing_tables.nominations,
            "nomination_id",
            *("child_id", "home_id", "answer"),
        ),
        _kind(
            "notices",
            "notice",
            placing_tables.notices,
            "notice_id",
            *("child_id", "home_id", "ends_on", "outcome"),
        ),
        _kind(
            "stability_meetings",
            "stability_meeting",
            placing_tables.stability_meetings,
            "meeting_id",
            *("child_id", "due_on", "held_on"),
        ),
        _kind(
            "quality_visits",
            "quality_visit",
            placing_tables.quality_visits,
            "visit_id",
            *("home_id", "visited_on", "shared"),
            about_a_child=False,
        ),
        _kind(
            "concerns",
            "concern",
            placing_tables.concerns,
            "concern_id",
            *("home_id", "level", "ended_on", "shared"),
            about_a_child=False,
        ),
        _kind(
            "planned_openings",
            "planned_opening",
            placing_tables.planned_openings,
            "opening_id",
            *("home_id", "stage", "opens_on"),
            about_a_child=False,
        ),
        _kind(
            "delegations",
            "delegation",
            placing_tables.delegations,
            "delegation_id",
            *("given_to", "from_on", "until_on"),
            about_a_child=False,
        ),
        _kind(
            "decisions",
            "decision",
            placing_tables.decisions,
            "decision_id",
            *(
                "child_id",
                "referral_id",
                "home_id",
                "decided_on",
                "rank",
                "wishes_considered",
                "why_not_first",
            ),
        ),
        _kind(
            "placements",
            "placement",
            placing_tables.placements,
            "placement_id",
            *("child_id", "referral_id", "home_id", "decision_id", "starts_on", "ended_on"),
        ),
        _kind("moves", "move", placing_tables.moves, "move_id", "child_id", "moved_on"),
    )
)
"""Every kind of record that is kept whole, by the name of its table."""
