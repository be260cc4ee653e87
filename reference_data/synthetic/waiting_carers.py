"""Connected carers who are approved for children on the waiting list and wait for them to move in.

They stand beside the homes in which children live already (``homes_file.py``): each is made from the referral that
names it among the important places.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from reference_data.postcodes import locate
from reference_data.synthetic.what_matters import APPROVED_CARER

CONNECTED_CARER_POUNDS = 465
"""Weekly allowance: that of the sample's connected carers."""


def invent_waiting_carers(referrals: Iterable[Mapping[str, Any]], on: date) -> list[dict[str, object]]:
    """Return the homes of the connected carers whom referrals name as approved, in the layout of the contract.

    Brothers and sisters have one carer, approved for all of them by name.
    """
    children: dict[str, list[str]] = {}
    authorities: dict[str, str] = {}
    for referral in referrals:
        for place in referral.get("important_places", ()):
            if place["what"].endswith(APPROVED_CARER):
                children.setdefault(place["postcode"], []).append(referral["child_id"])
                authorities[place["postcode"]] = referral["authority"]
    rows: list[dict[str, object]] = []
    for number, (postcode, child_ids) in enumerate(children.items(), start=1):
        responsible = authorities[postcode]
        where = locate(postcode)
        rows.append(
            {
                "home_id": f"DEMO-H{responsible}-W{number:02d}",
                "name": f"Family household {number} (invented)",
                "provider": "Council fostering service (invented)",
                "type": "connected_foster_carer",
                "postcode": postcode,
                "authority": where.authority_code if where and where.authority_code else responsible,
                "approved_by_authority": responsible,
                "contract": "in_house",
                "control": "direct",
                "weekly_fee_pounds": CONNECTED_CARER_POUNDS,
                "registered": True,
                "status": "open",
                "places": len(child_ids),
                "vacancies": len(child_ids),
                "vacancies_confirmed_on": on.isoformat(),
                "vacancies_confirmed_by": "supervising social worker",
                "residents": [],
                "approved_for": sorted(child_ids),
                "accepts_emergency": False,
                "staffing": ["standard"],
            }
        )
    return rows
