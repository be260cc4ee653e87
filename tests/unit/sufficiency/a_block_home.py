"""An invented block home and a child whom it could take, from which tests make the ones they need by ``replace``."""

from __future__ import annotations

from datetime import date

from matching.home import Home
from matching.referral import Referral
from reference_data.vocabulary import ContractKind, HomeStatus, NeedDomain, PlacementType, Urgency

BLOCK_HOME = Home(
    home_id="DEMO-1",
    type=PlacementType.CHILDRENS_HOME,
    contract=ContractKind.BLOCK,
    authority="879",
    registered=True,
    status=HomeStatus.OPEN,
    places=4,
    residents=(),
    min_age=10,
    max_age=17,
)
CHILD = Referral(
    referral_id="R1",
    child_id="DEMO-C1",
    authority="879",
    date_of_birth=date(2013, 1, 1),
    sex=None,
    needed_by=date(2026, 7, 1),
    urgency=Urgency.PLANNED,
    acceptable_types=(PlacementType.CHILDRENS_HOME,),
    needs=dict.fromkeys(NeedDomain, 20),
)
