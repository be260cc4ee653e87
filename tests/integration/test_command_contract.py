"""The commands keep the contract: exact names, one JSON document, exit codes, every problem listed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from api import cli
from reference_data.sample import SAMPLE_DATE, sample_path

HOMES = str(sample_path("homes"))
REFERRALS = str(sample_path("referrals"))
STAYS = str(sample_path("stays"))
AS_OF = SAMPLE_DATE.isoformat()


class Answer:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def call(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["righthome", *arguments])
        with pytest.raises(SystemExit) as left:
            cli.main()
        captured = capsys.readouterr()
        return Answer(left.value.code or 0, captured.out, captured.err)

    return call


def test_rank_answers_with_exactly_the_contracts_names(run: Any) -> None:
    answer = run(
        "rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "DEMO-C01", "--as-of", AS_OF, "--json"
    )
    assert answer.code == 0
    found = answer.json
    assert set(found) >= {
        *(
            "referral_id",
            "as_of",
            "policy",
            "assumptions",
            "prompts",
            "options",
            "excluded",
            "relaxations",
            "evidence",
        ),
    }
    assert found["referral_id"] == "DEMO-R01"
    assert found["as_of"] == AS_OF
    option = found["options"][0]
    assert set(option) >= {
        *("home_id", "rank", "distance_miles", "weekly_fee_pence", "penalties", "reasons", "questions"),
        *("flags", "approvals"),
    }
    assert [one["rank"] for one in found["options"]] == list(range(1, len(found["options"]) + 1))
    assert all(isinstance(value, int) for value in option["penalties"].values())
    for one in found["options"]:
        assert all(set(question) == {"rule", "text", "ask"} for question in one["questions"])
        assert all(set(row) == {"code", "who", "why", "instrument", "due_on"} for row in one["approvals"])
    for one in found["excluded"]:
        assert one["reasons"]
        assert all(set(reason) == {"rule", "text", "instrument"} for reason in one["reasons"])
    for change in found["relaxations"]:
        several = {"changes"} if "+" in change["change"] else set()
        assert set(change) == {"change", "text", "homes_gained"} | several
    assert set(found["evidence"]) == {
        *("product_version", "policy_version", "data_date", "seed", "input_hash", "warnings"),
    }


def test_every_home_is_either_an_option_or_excluded_and_never_both(run: Any) -> None:
    homes = {home["home_id"] for home in json.loads(Path(HOMES).read_text())}
    for child in ("DEMO-C01", "DEMO-C06", "DEMO-C21", "DEMO-C40"):
        found = run(
            "rank", "--homes", HOMES, "--referral", REFERRALS, "--child", child, "--as-of", AS_OF, "--json"
        ).json
        options = [one["home_id"] for one in found["options"]]
        excluded = [one["home_id"] for one in found["excluded"]]
        assert sorted(options + excluded) == sorted(homes)


def test_no_answer_repeats_a_birth_date_or_a_postcode(run: Any) -> None:
    referrals = json.loads(Path(REFERRALS).read_text())
    homes = json.loads(Path(HOMES).read_text())
    secrets = {one["date_of_birth"] for one in referrals if "date_of_birth" in one}
    secrets |= {one["home_postcode"] for one in referrals if "home_postcode" in one}
    secrets |= {one["postcode"] for one in homes if "postcode" in one}
    secrets |= {place["postcode"] for one in referrals for place in one.get("important_places", [])}
    # A date that stands elsewhere in the sample too may be shown for what it is there.
    stays = json.loads(Path(STAYS).read_text())
    secrets -= {AS_OF} | {value for stay in stays for key, value in stay.items() if key.endswith("_on")}
    ranked = run(
        "rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "DEMO-C06", "--as-of", AS_OF, "--json"
    )
    planned = run("match", "--homes", HOMES, "--referrals", REFERRALS, "--as-of", AS_OF, "--json")
    watched = run("watch", "--stays", STAYS, "--as-of", AS_OF, "--json")
    for answer in (ranked, planned, watched):
        assert answer.code == 0
        assert [secret for secret in secrets if secret in answer.out] == []


def test_match_answers_with_exactly_the_contracts_names(run: Any) -> None:
    answer = run("match", "--homes", HOMES, "--referrals", REFERRALS, "--as-of", AS_OF, "--json")
    assert answer.code == 0
    found = answer.json
    assert set(found) >= {
        *("status", "assignments", "enquiries", "unplaced", "stages", "gap", "seconds", "alternatives"),
        *("bottlenecks", "eligible_pairs", "evidence"),
    }
    assert found["status"] == "OPTIMAL"
    pairs = {tuple(pair) for pair in found["eligible_pairs"]}
    for one in found["assignments"]:
        assert set(one) >= {"child_id", "home_id", "reasons", "cost_to_others", "subject_to_offer"}
        assert (one["child_id"], one["home_id"]) in pairs
    placed = [one["child_id"] for one in found["assignments"]]
    unplaced = [one["child_id"] for one in found["unplaced"]]
    assert len(set(placed + unplaced)) == len(placed) + len(unplaced)
    assert all(stage["proved"] and stage["value"] == stage["bound"] for stage in found["stages"])


def test_pins_that_cannot_hold_are_an_answer_that_names_them(run: Any, tmp_path: Path) -> None:
    call = ("match", "--homes", HOMES, "--referrals", REFERRALS, "--as-of", AS_OF, "--json", "--pins")
    pins = tmp_path / "pins.csv"
    pins.write_text("child_id,home_id,ban\nDEMO-C37,DEMO-H17,no\nDEMO-C37,DEMO-H17,yes\n")
    answer = run(*call, str(pins))
    assert answer.code == 0
    assert answer.json["status"] == "INFEASIBLE"
    (because,) = answer.json["infeasible_because"]
    assert "DEMO-C37" in because
    pins.write_text("child_id,home_id,ban\nDEMO-C37,DEMO-H17,yes\n")
    kept = run(*call, str(pins)).json
    assert ["DEMO-C37", "DEMO-H17"] not in kept["eligible_pairs"]
    pins.write_text("child_id,home_id\nDEMO-C37,DEMO-H17\nNOBODY,DEMO-H17\n")
    refused = run(*call, str(pins))
    assert refused.code == 3
    (problem,) = refused.json["problems"]
    assert (problem["file"], problem["row"], problem["column"]) == ("pins.csv", 3, "child_id")


def test_the_same_call_twice_gives_the_same_plan(run: Any) -> None:
    plans = [
        run("match", "--homes", HOMES, "--referrals", REFERRALS, "--as-of", AS_OF, "--json").json
        for _ in range(2)
    ]
    for plan in plans:
        del plan["seconds"]
    assert plans[0] == plans[1]


def test_watch_answers_with_exactly_the_contracts_names(run: Any) -> None:
    found = run("watch", "--stays", STAYS, "--as-of", AS_OF, "--json").json
    assert found["as_of"] == AS_OF
    for spell in found["spells"]:
        assert set(spell) >= {
            *("spell_id", "child_id", "started_on", "ended_on", "nights", "unsuitable_nights_90_days", "age"),
            *("settings", "outcome", "rules"),
        }
        for rule in spell["rules"]:
            assert set(rule) == {"rule", "outcome", "text", "instrument", "due_on", "missing"}
            assert rule["outcome"] in ("RAISED", "WARNING", "CLEAR", "NOT_ASSESSED")


@pytest.mark.parametrize(
    "arguments",
    [
        ("rank",),
        ("rank", "--homes", HOMES),
        ("rank", "--homes", HOMES, "--referral", REFERRALS),
        ("rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "nobody"),
        ("rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "DEMO-C01", "--as-of", "2026-02-30"),
        ("rank", "--homes", HOMES, "--referral", REFERRALS, "--child", "DEMO-C01", "--limit", "0"),
        ("match", "--homes", HOMES, "--referrals", REFERRALS, "--time-limit", "-1"),
        ("match", "--homes", HOMES, "--referrals", REFERRALS, "--seed", "x"),
        ("forecast", "--from", "2026-01-01"),
        ("forecast", "--from", "2026-01-01", "--months", "12"),
        ("forecast", "--from", "2026-01-01", "--months", "0", "--returns", "."),
        ("watch",),
        ("schema", "no_such_record"),
        ("import", "pets", HOMES),
        ("no_such_command",),
        ("watch", "--no-such-option"),
    ],
)
def test_unusable_arguments_are_exit_2(run: Any, arguments: tuple[str, ...]) -> None:
    plain = run(*arguments)
    assert plain.code == 2
    assert plain.out == ""
    assert plain.err
    as_json = run(*arguments, "--json")
    assert as_json.code == 2
    assert set(as_json.json) == {"code", "message", "problems"}


def test_unusable_input_is_exit_3_with_the_problems_of_every_file(run: Any, tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text("home_id,type,places\nDEMO-H1,igloo,3\nDEMO-H1,childrens_home,many\n")
    referrals = tmp_path / "referrals.json"
    referrals.write_text('[{"referral_id": "DEMO-R1", "child_id": "DEMO-C1", "date_of_birth": "31/02/2012"}]')
    answer = run("rank", "--homes", str(homes), "--referral", str(referrals), "--json")
    assert answer.code == 3
    assert set(answer.json) == {"code", "message", "problems"}
    assert {(one["file"], one["row"], one["column"], one["rule"]) for one in answer.json["problems"]} == {
        ("referrals.json", 1, "date_of_birth", "impossible_date"),
        ("homes.csv", 2, "type", "unknown_code"),
        ("homes.csv", 3, "places", "wrong_type"),
        ("homes.csv", 3, "home_id", "duplicate_id"),
    }
    assert all(one["what_to_do"] for one in answer.json["problems"])
    assert "igloo" not in answer.out
    plain = run("rank", "--homes", str(homes), "--referral", str(referrals))
    assert plain.code == 3
    assert plain.out == ""
    assert "homes.csv" in plain.err
    assert "igloo" not in plain.err


def test_a_file_that_is_not_there_is_unusable_input(run: Any) -> None:
    answer = run("watch", "--stays", "no-such-file.csv", "--json")
    assert answer.code == 3
    assert [one["rule"] for one in answer.json["problems"]] == ["file_missing"]


@pytest.mark.parametrize(
    ("text", "rule"), [("[emergnecy]\nnights = 14\n", "policy_unknown_key"), ("[gaps\n", None), (None, None)]
)
def test_a_policy_that_cannot_be_used_is_unusable_input(
    run: Any, tmp_path: Path, text: str | None, rule: str | None
) -> None:
    policy = tmp_path / "council.toml"
    if text is not None:
        policy.write_text(text)
    answer = run("watch", "--stays", STAYS, "--policy", str(policy), "--json")
    assert answer.code == 3
    (problem,) = answer.json["problems"]
    assert problem["file"] == "council.toml"
    assert rule in (None, problem["rule"])


def test_a_schema_is_printed_for_every_record(run: Any) -> None:
    names = run("schema").out.split()
    assert {"home", "referral", "stay", "pin"} <= set(names)
    for name in names:
        schema = run("schema", name).json
        assert schema["type"] == "object"
        assert schema["properties"]


def test_a_fault_of_ours_is_exit_1_and_repeats_no_data(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sufficiency.emergency

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Zebedee was born on 1 May")

    monkeypatch.setattr(sufficiency.emergency, "watch", broken)
    for arguments in (("watch", "--stays", STAYS), ("watch", "--stays", STAYS, "--json")):
        answer = run(*arguments)
        assert answer.code == 1
        assert "Zebedee" not in answer.out + answer.err
        assert "Reference" in answer.out + answer.err


def test_two_saved_plans_are_compared_and_anything_else_is_refused(run: Any, tmp_path: Path) -> None:
    match = ("match", "--homes", HOMES, "--referrals", REFERRALS, "--as-of", AS_OF, "--json")
    first, second, other = (tmp_path / name for name in ("first.json", "second.json", "other.json"))
    first.write_text(run(*match).out, encoding="utf-8")
    further = run(*match, "--alternatives", "1", "--differ-by", "3")
    second.write_text(further.out, encoding="utf-8")
    assert [one["kind"] for one in further.json["alternatives"]][-1] == "differs"
    answer = run("compare-plans", str(first), str(second), "--json")
    assert (answer.code, answer.json["differences"]) == (0, ["The plans are the same."])
    other.write_text("{}", encoding="utf-8")
    refused = run("compare-plans", str(first), str(other), "--json")
    assert refused.code == 3
    assert [one["rule"] for one in refused.json["problems"]] == ["not_a_plan"]


def test_beds_answers_with_every_part_and_says_what_is_missing(run: Any, tmp_path: Path) -> None:
    returns = str(sample_path("homes").parent / "sample_returns")
    asked = ("beds", "--returns", returns, "--homes", HOMES, "--from", "2019-03-31", "--months", "3")
    answer = run(*asked, "--runs", "10", "--as-of", AS_OF, "--json")
    assert answer.code == 0
    assert set(answer.json) == {
        *(
            "answers",
            "from",
            "months",
            "runs",
            "authority",
            "capacity",
            "shortfall",
            "fit",
            "needed",
            "crisis",
        ),
        *("leaving", "costs", "block", "carers", "actions", "evidence"),
    }
    assert answer.json["crisis"]["status"] == answer.json["actions"]["status"] == "NOT_ASSESSED"
    assert all(
        isinstance(sentence, str) and sentence.endswith((".", "!")) for sentence in answer.json["answers"]
    )
    assert run(*asked, "--stays", STAYS).code == 2
    wrong = tmp_path / "actions.toml"
    wrong.write_text("[[beds]]\nname = 'a home'\n", encoding="utf-8")
    refused = run(*asked, "--actions", str(wrong), "--referrals", str(wrong), "--json")
    assert refused.code == 3
    assert {problem["file"] for problem in refused.json["problems"]} == {"actions.toml"}
    assert len(refused.json["problems"]) >= 2
    printed = run(*asked, "--runs", "10", "--as-of", AS_OF)
    assert printed.code == 0
    assert "beds we can use" in printed.out


def test_indicators_name_the_table_that_is_absent_and_keep_children_to_those_who_ask(
    run: Any, tmp_path: Path
) -> None:
    returns = str(sample_path("homes").parent / "sample_returns")
    asked = ("indicators", "--returns", returns, "--year", "2019")
    answer = run(*asked, "--json")
    assert answer.code == 0
    rows = {row["id"]: row for row in answer.json["indicators"]}
    assert rows["occupancy"]["status"] == rows["offers_per_enquiry"]["status"] == "NOT_ASSESSED"
    assert "enquiries" in rows["offers_per_enquiry"]["reason"]
    assert all(row["children"] is None for row in rows.values())
    named = {row["id"]: row for row in run(*asked, "--children", "--json").json["indicators"]}
    short = named["short_term_stability"]
    assert len(short["children"]) == short["numerator"] == rows["short_term_stability"]["numerator"]
    assert run("indicators", "--returns", returns).code == 2
    assert run("indicators", "--returns", returns, "--year", "2050").code == 2
    targets = tmp_path / "targets.toml"
    targets.write_text("[targets]\nshort_term_stability = 99\n", encoding="utf-8")
    green = run(*asked, "--targets", str(targets), "--json").json["indicators"]
    assert {row["rag"] for row in green if row["target"] is not None} == {"GREEN"}
    targets.write_text("[targets]\nno_such = 1\n", encoding="utf-8")
    assert run(*asked, "--targets", str(targets), "--json").code == 3
    targets.write_text("targets = 4\n", encoding="utf-8")
    assert run(*asked, "--targets", str(targets), "--json").code == 3


def test_six_printed_figures_of_the_plan_of_2019_do_not_follow_from_their_fractions(run: Any) -> None:
    plan = str(Path(__file__).parents[2] / "docs/examples/plymouth_2019_indicators.csv")
    answer = run("check-figures", plan, "--json")
    assert answer.code == 0
    assert len(answer.json["do_not_follow"]) == 6
    printed = run("check-figures", plan).out
    assert "6 of 64 printed figures do not follow" in printed
    assert printed.count("GREEN printed") == printed.count("RED by fraction") == 3


def test_nobody_waiting_and_nothing_pinned_is_an_ordinary_day(run: Any, tmp_path: Path) -> None:
    nobody, pins = tmp_path / "nobody.json", tmp_path / "pins.csv"
    nobody.write_text("[]")
    pins.write_text("child_id,home_id\n")
    lists = ("--homes", HOMES, "--referrals", str(nobody), "--as-of", AS_OF, "--json")
    for arguments in (lists, (*lists, "--pins", str(pins))):
        found = run("match", *arguments)
        assert found.code == 0
        assert found.json["status"] == "OPTIMAL"
        assert found.json["assignments"] == found.json["unplaced"] == []
    assert run("rank", "--homes", HOMES, "--referral", str(nobody), "--as-of", AS_OF).code == 3


def test_a_place_where_no_folder_can_be_is_told_before_anything_is_invented(run: Any, tmp_path: Path) -> None:
    (tmp_path / "keep.csv").write_text("x")
    found = run("synthetic", "--out", str(tmp_path / "keep.csv" / "sub"))
    assert (found.code, found.out) == (2, "")
    assert "is a file" in found.err
    assert "Inventing" not in found.err
    assert run("synthetic", "--out", "/proc/righthome").code == 2
    assert [one.name for one in tmp_path.iterdir()] == ["keep.csv"]
