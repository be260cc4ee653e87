"""The policy of placing: the shipped default holds together, and a council's file cannot be half understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.placing_policy import default_placing_policy, read_placing_policy
from matching.approvals import EVERY_PLACEMENT
from matching.home import Home
from matching.policy import default_policy
from reference_data.problems import InvalidInput
from reference_data.vocabulary import ContractKind, PlacementType


def test_every_signature_that_the_default_policy_asks_for_has_a_role_that_gives_it() -> None:
    policy = default_placing_policy()
    for code, who in default_policy().approvers.items():
        if code not in EVERY_PLACEMENT:
            assert policy.signer(who).roles


def test_the_director_alone_signs_as_the_director() -> None:
    signer = default_placing_policy().signer("Director of Children's Services")
    assert ({str(role) for role in signer.roles}, signer.on_behalf) == ({"director"}, False)


def test_a_checklist_is_for_the_homes_it_names_and_what_is_unknown_excuses_nothing() -> None:
    policy = default_placing_policy()

    def codes(**facts: object) -> set[str]:
        home = Home(home_id="h", **{"type": PlacementType.CHILDRENS_HOME, **facts})
        return {item.code for item in policy.checklist_for(home)}

    ours = codes(type=PlacementType.IN_HOUSE_FOSTER_CARER, contract=ContractKind.IN_HOUSE)
    assert {"identity", "health", "delegated_authority"} <= ours
    assert not {"terms_agreed", "impact_on_residents"} & ours
    assert {"terms_agreed", "impact_on_residents"} <= codes(contract=ContractKind.SPOT)
    assert "terms_agreed" in codes(contract=None)


@pytest.mark.parametrize(
    "text",
    [
        "[unknown]\na = 1",
        "[hold_minutes]\ncrisis = 1",
        "[hold_minutes]\ncrisis = 0\nemergency = 1\nplanned = 1",
        '[signers.x]\nroles = ["king"]\non_behalf = false',
        '[checklist.x]\ntext = "t"',
        '[checklist.x]\ntext = "t"\nwho = "w"\ninstrument = "i"\ntypes = ["castle"]',
        "not toml",
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "placing.toml"
    path.write_text(text)
    with pytest.raises(InvalidInput) as refused:
        read_placing_policy(path)
    assert refused.value.code == "unusable_placing_policy"


def test_a_councils_table_stands_in_place_of_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "placing.toml"
    path.write_text("[hold_minutes]\ncrisis = 30\nemergency = 60\nplanned = 90\n")
    policy = read_placing_policy(path)
    assert policy.hold_minutes["crisis"] == 30
    assert policy.checklist == default_placing_policy().checklist
