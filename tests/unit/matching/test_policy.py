"""The policy: the default is whole and explained, and a council's file is laid over it or refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from matching.aims import AIMS
from matching.policy import DEFAULT_POLICY_PATH, default_policy, policy_from_text, read_policy
from reference_data.problems import InvalidInput
from reference_data.vocabulary import NeedDomain

RULE = '[rules.own]\nfield = "judgement"\ncomparison = "equals"\nvalue = "Inadequate"\nreason = "Ours."\n'


def test_the_default_policy_has_every_aim_once_and_in_the_acts_order() -> None:
    policy = default_policy()
    assert {aim.name for aim in policy.aims} == set(AIMS)
    assert policy.aims[0].name == "connected_carer"
    assert [aim.name for aim in policy.aims if aim.stage == policy.stages[-1]] == ["cost"]


def test_every_section_of_the_default_policy_is_explained_in_a_comment() -> None:
    text = DEFAULT_POLICY_PATH.read_text(encoding="utf-8")
    for name in re.findall(r"^\[(aims\.\w+|gaps|floor|emergency|approval)\]\n(.)", text, re.MULTILINE):
        assert name[1] == "#", f"[{name[0]}] starts without a comment"


def test_what_a_councils_file_leaves_out_stays_as_it_is() -> None:
    policy = policy_from_text("[gaps]\nneed_points = 20\nrisk = 10\n[aims.cost]\nweight = 3")
    assert policy.need_gap_points[NeedDomain.RISK] == 10
    assert policy.need_gap_points[NeedDomain.BEHAVIOUR] == 20
    assert policy.aim("cost").weight == 3
    assert policy.aim("cost").stage == default_policy().aim("cost").stage
    assert policy.scores_days == default_policy().scores_days


@pytest.mark.parametrize(
    "text",
    [
        "[gap]\nneed_points = 20",
        "[gaps]\nneed_point = 20",
        "[aims.nearness]\nweight = 1",
        "[aims.area]\nwieght = 1",
        "[approvals.mayor]\nwho = 'mayor'",
        "top = 1",
        RULE.replace('"judgement"', '"child_name"'),
        RULE + "until = 2027-01-01",
    ],
)
def test_an_unknown_key_is_an_error(text: str) -> None:
    with pytest.raises(InvalidInput):
        policy_from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "[gaps]\nneed_points = '20'",
        "[gaps]\nneed_points = true",
        "[gaps]\nneed_points = -1",
        "[gaps]\nneed_points = 20.5",
        "[aims.near_home]\nstep_miles = 0",
        "[aims.area]\nstage = 0",
        "[approval]\nin_force_from = '2026-04-01'",
        "[approvals.fee]\nwho = ' '",
        RULE.replace('"equals"', '"is"'),
        RULE.replace('"equals"', '"above"'),
        RULE.replace('"equals"', '"one_of"'),
        RULE.replace('reason = "Ours."\n', ""),
        RULE + 'types = ["house"]',
        "not toml",
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error(text: str) -> None:
    with pytest.raises(InvalidInput):
        policy_from_text(text)


def test_the_version_follows_the_content_and_the_day_it_came_into_force() -> None:
    same = policy_from_text("[gaps]\nneed_points = 30")
    other = policy_from_text("[gaps]\nneed_points = 29")
    dated = policy_from_text("[approval]\napproved_by = 'Cabinet'\nin_force_from = 2026-04-01")
    assert same.version == default_policy().version
    assert other.version != default_policy().version
    assert dated.version.endswith("in force from 2026-04-01")
    assert dated.in_force_from == date(2026, 4, 1)


def test_a_missing_policy_file_is_an_error_that_names_the_file_only(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_policy(tmp_path / "ours.toml")
    assert "ours.toml" in raised.value.message
    assert str(tmp_path) not in raised.value.message


def test_the_page_of_aims_shows_every_aim_with_its_stage_and_weight() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "aims.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \|", page, re.MULTILINE)
    assert shown == [(aim.name, str(aim.stage), str(aim.weight)) for aim in default_policy().aims]
