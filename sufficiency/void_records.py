"""Block beds that stood empty, from the records of voids and of the contracts that pay for them.

What they cost by reason and liability is worked out in ``block_contract.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matching.home import Home
from reference_data.problems import ImportIssue
from reference_data.tables import read_records
from sufficiency.block_contract import Void

_WHOLE_PERCENT = 100


def voids_from_records(
    voids: Iterable[Mapping[str, Any]], contracts: Iterable[Mapping[str, Any]], homes: Sequence[Home]
) -> tuple[Void, ...]:
    """Return the voids of records, each with what it costs a week.

    That is the contract's fee of a bed times the share paid while it is empty, the whole where no share is recorded;
    without a contract's fee the home's own for an empty bed, else its weekly fee.

    Parameters
    ----------
    voids, contracts
        Typed values of the records ``void`` and ``contract``.
    """
    fees = {one["contract_id"]: _fee_while_empty(one) for one in contracts}
    by_home = {home.home_id: home.void_fee_pence or home.weekly_fee_pence for home in homes}
    return tuple(
        Void(
            home_id=one["home_id"],
            from_day=one["from_on"],
            until_day=one.get("until_on"),
            weekly_fee_pence=fees.get(one["contract_id"]) or by_home.get(one["home_id"]) or 0,
            reason=one["reason"],
            liable=one["liability"],
        )
        for one in voids
    )


def read_voids(
    voids: Path, contracts: Path | None, homes: Sequence[Home]
) -> tuple[tuple[Void, ...], tuple[ImportIssue, ...]]:
    """Return the voids of a file, with the fees of a file of contracts, and what was noticed but did no harm.

    Raises
    ------
    ImportRejected
        If anything in either file cannot be used.
    """
    found = read_records(voids, "void")
    known = None if contracts is None else read_records(contracts, "contract")
    return (
        voids_from_records(
            [row.values for row in found.rows],
            [] if known is None else [row.values for row in known.rows],
            homes,
        ),
        found.warnings + (() if known is None else known.warnings),
    )


def _fee_while_empty(contract: Mapping[str, Any]) -> int | None:
    fee: int | None = contract.get("bed_fee_pence")
    share = contract.get("void_share_percent")
    if fee is None:
        return None
    return round(fee * (_WHOLE_PERCENT if share is None else float(share)) / _WHOLE_PERCENT)
