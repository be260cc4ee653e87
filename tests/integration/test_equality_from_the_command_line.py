"""`righthome equality`: who gets offered what, what people decided, and what may leave the council."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import cli
from reference_data.sample import SAMPLE_DATE, sample_path

HOMES, REFERRALS = str(sample_path("homes")), str(sample_path("referrals"))


@pytest.fixture
def equality(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*words: str, files: bool = True) -> tuple[int, str]:
        given = ["--homes", HOMES, "--referrals", REFERRALS] if files else []
        as_of = SAMPLE_DATE.isoformat()
        monkeypatch.setattr(sys, "argv", ["righthome", "equality", *given, "--as-of", as_of, *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code or 0, capsys.readouterr().out

    return call


@pytest.fixture
def first_ranked(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    from matching.files import read_homes, read_referrals
    from matching.rank import rank_homes

    referrals, homes = read_referrals(Path(REFERRALS))[0], read_homes(Path(HOMES))[0]
    return {
        one.child_id: [
            option.home_id
            for option in rank_homes(one, homes, as_of=SAMPLE_DATE, others=referrals).options[:2]
        ]
        for one in referrals
    }


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_every_child_is_in_one_group_of_each_characteristic(equality: Any, tmp_path: Path) -> None:
    children = _file(
        tmp_path, "children.csv", "child_id,ethnicity,disability\nDEMO-C01,A1,yes\nDEMO-C02,A1,no\n"
    )
    code, out = equality("--characteristics", children, "--json")
    answer = json.loads(out)
    assert code == 0
    totals: dict[str, int] = {}
    for group in answer["groups"]:
        totals[group["characteristic"]] = totals.get(group["characteristic"], 0) + group["children"]
    assert totals == dict.fromkeys(("sex", "ethnicity", "disability", "distance"), answer["children"])
    groups = {(group["characteristic"], group["group"]): group for group in answer["groups"]}
    assert groups["ethnicity", "A1"]["children"] == 2
    assert groups["disability", "yes"]["children"] == 1
    far = groups["distance", "more than 20 miles"]
    assert far["children"] == far["first_far"]
    assert answer["overrides"] is None


def test_choices_of_another_home_and_answers_of_homes_are_counted_by_group(
    equality: Any, first_ranked: dict[str, list[str]], tmp_path: Path
) -> None:
    able = [child for child, homes in first_ranked.items() if len(homes) == 2][:3]
    (a, b, c) = able
    decisions = _file(
        tmp_path,
        "decisions.csv",
        "child_id,home_id,first_ranked,reason\n"
        f"{a},{first_ranked[a][0]},,\n"
        f"{b},{first_ranked[b][1]},,\n"
        f"{c},{first_ranked[c][1]},{first_ranked[c][0]},Knows the carer\n",
    )
    enquiries = _file(
        tmp_path,
        "enquiries.csv",
        "enquiry_id,child_id,home_id,asked_on,answer\n"
        f"Q1,{a},{first_ranked[a][0]},2026-03-01,offered\nQ2,{a},{first_ranked[a][1]},2026-03-01,declined\n"
        f"Q3,{b},{first_ranked[b][1]},2026-03-01,\n",
    )
    answer = json.loads(equality("--decisions", decisions, "--enquiries", enquiries, "--json")[1])
    assert answer["overrides"] == {
        "decisions": 3,
        "first_chosen": 1,
        "another_chosen": 2,
        "none_chosen": 0,
        "without_reason": [b],
    }
    assert answer["first_worked_out"] == 2
    for characteristic in ("sex", "distance"):
        groups = [group for group in answer["groups"] if group["characteristic"] == characteristic]
        counted = {
            name: sum(group[name] for group in groups)
            for name in ("decisions", "another_chosen", "homes_asked", "homes_offered")
        }
        assert counted == {"decisions": 3, "another_chosen": 2, "homes_asked": 2, "homes_offered": 1}


def test_a_home_that_the_rules_do_not_offer_is_named_to_the_council(
    equality: Any, first_ranked: dict[str, list[str]], tmp_path: Path
) -> None:
    hotel_like = next(
        home["home_id"]
        for home in json.loads(Path(HOMES).read_text(encoding="utf-8"))
        if home.get("type") == "secure_childrens_home" or home.get("status") == "closed"
    )
    child = next(iter(first_ranked))
    decisions = _file(tmp_path, "decisions.csv", f"child_id,home_id\n{child},{hotel_like}\n")
    assert json.loads(equality("--decisions", decisions, "--json")[1])["not_an_option"] == [child]


def test_what_is_for_publication_holds_no_small_count_and_no_child(equality: Any, tmp_path: Path) -> None:
    decisions = _file(tmp_path, "decisions.csv", "child_id,home_id\nDEMO-C01,\n")
    own = json.loads(equality("--decisions", decisions, "--json")[1])
    public = json.loads(equality("--decisions", decisions, "--for-publication", "--json")[1])
    assert own["statement"].startswith("Not for publication")
    assert public["for_publication"] is True
    assert "DEMO-C" not in json.dumps(public["groups"]) + json.dumps(public["overrides"])
    suppressed = 0
    for mine, theirs in zip(own["groups"], public["groups"], strict=True):
        counts = {**mine, **mine["first_kinds"]}
        shown = {**theirs, **(theirs["first_kinds"] if isinstance(theirs["first_kinds"], dict) else {})}
        for name, value in shown.items():
            if value == "c":
                suppressed += 1
            elif isinstance(counts[name], int):
                assert value % 5 == 0
                assert value == 0 or counts[name] > 5
                assert abs(value - counts[name]) <= 2
    assert suppressed


def test_a_person_reads_it_marked_and_a_stranger_in_a_file_is_refused(equality: Any, tmp_path: Path) -> None:
    code, out = equality()
    assert code == 0
    assert out.startswith("Not for publication")
    assert "By ethnicity" in out
    assert "No decisions were given" in out
    decisions = _file(tmp_path, "decisions.csv", "child_id,home_id\nDEMO-C01,NOBODY\nDEMO-NO,\n")
    code, out = equality("--decisions", decisions, "--json")
    assert code == 3
    assert [problem["rule"] for problem in json.loads(out)["problems"]] == [
        "decision_unknown_home",
        "decision_unknown_child",
    ]
    assert equality(files=False)[0] == 2
