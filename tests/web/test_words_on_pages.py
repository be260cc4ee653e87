"""How the pages say dates, money, distances and counts, and what a presenter makes of an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.services.waiting_list import WaitingListView
from api.web import words
from api.web.presenters.emergency_watch import present_watch
from api.web.presenters.excluded import present_rule
from api.web.presenters.options import present_options
from api.web.presenters.plan import present_plan
from api.web.presenters.saved_plans import CHOICES_SHOWN, present_choices
from api.web.presenters.sufficiency import present_sufficiency
from api.web.presenters.waiting_list import present_waiting_list, rows_of
from api.web.rule_words import RULE_WORDS
from matching.eligibility import RULES
from matching.rank import IN_NO_PLACEMENT
from matching.referral import Wishes
from matching.staying import STAYS_PUT
from sufficiency.emergency_rules import RULES as WATCH_RULES


@pytest.mark.parametrize(
    ("pence", "said"),
    [(None, "Not known"), (0, "£0"), (68_500, "£685"), (689_550, "£6,895.50"), (-1_205, "-£12.05")],
)
def test_money_is_pounds_with_commas_and_pence_only_where_there_are_some(pence, said) -> None:
    assert words.pounds(pence) == said


def test_dates_are_british() -> None:
    assert words.british_date("2026-06-05") == "5 June 2026"
    assert words.british_date(None) == "Not known"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (date(2026, 6, 15), "today"),
        (date(2026, 6, 16), "tomorrow"),
        (date(2026, 6, 14), "yesterday"),
        (date(2026, 6, 22), "in 7 days"),
        (date(2026, 6, 1), "14 days ago"),
    ],
)
def test_days_are_told_from_today(as_of, then, said) -> None:
    assert words.days_from(as_of, then) == said


def test_a_chance_is_never_rounded_into_a_certainty() -> None:
    assert words.chance(0.999) == "over 99%"
    assert words.chance(0.001) == "under 1%"
    assert words.chance(1.0) == "100%"
    assert words.chance(None) == "Not assessed"


def test_an_unknown_distance_is_said_to_be_unknown_not_left_out(ranking, referral, homes) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    second = page.options[1]
    assert second.distance == "Not known"
    assert second.in_brief.startswith("distance not known, £6,895.50 a week")


def test_a_child_who_is_placed_is_not_said_to_sleep_in_no_placement(ranking, referral, homes) -> None:
    asleep = "The child sleeps in a setting that is no placement"
    told = {"ranking": ranking | {"prompts": [IN_NO_PLACEMENT]}, "referral": referral, "homes": homes}
    waits, placed = (present_options(**told, age_years=14, placed=placed) for placed in (False, True))
    assert any(asleep in prompt for prompt in waits.prompts)
    assert not any(asleep in prompt for prompt in placed.prompts)


def test_a_home_stands_under_every_rule_that_excludes_it_and_the_commonest_rule_comes_first(
    ranking, referral, homes
) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    assert [(group.rule, group.further) for group in page.excluded] == [
        ("age_registered", "8 more homes"),
        ("places_free", "1 more home"),
    ]
    assert page.excluded_count == 13
    whole = present_rule("age_registered", ranking["excluded"], homes)
    assert whole is not None
    assert (len(whole.homes), whole.further) == (13, "")
    assert present_rule("embargo", ranking["excluded"], homes) is None


def test_every_option_is_in_full_on_one_part_of_the_ranking_and_the_others_in_a_table(
    ranking, referral, homes
) -> None:
    told = {"ranking": ranking, "referral": referral, "homes": homes, "age_years": 14}
    parts = [present_options(**told, part=part) for part in (0, 1, 2, 99)]
    assert [page.options[0].rank for page in parts] == [1, 1, 9, 9]
    assert [(len(page.options), len(page.further)) for page in parts] == [(8, 6), (8, 6), (6, 0), (6, 0)]
    assert [(part.number, part.words, part.shown) for part in parts[2].parts] == [
        (1, "1 to 8", False),
        (2, "9 to 14", True),
    ]


def test_homes_that_a_moved_weight_would_swap_are_to_be_read_as_equals(ranking, referral, homes) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    assert page.sensitivity == (
        "If nearness to home weighed a quarter more or nearness to school weighed a quarter less, Tamar Reach "
        "would come before Larkbeare: read them as equals.",
        "If pets weighed a quarter less, Sample House 301 would come among the first three instead of "
        "Sample House 300: read them as equals.",
    )
    steady = ranking | {"sensitivity": ranking["sensitivity"] | {"changes": []}}
    page = present_options(ranking=steady, referral=referral, homes=homes, age_years=14)
    assert page.order_is_steady


def test_each_gap_comes_with_the_support_that_would_close_it(ranking, referral, homes) -> None:
    option = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14).options[0]
    assert [(gap.domain, gap.size, gap.support) for gap in option.gaps] == [
        ("Behaviour", "7 points beyond the home", "Behaviour support and a named worker for the carers."),
        ("Risk", "the home has not said", "A plan."),
    ]


def test_each_penalty_says_its_units_its_weight_and_its_source(ranking, referral, homes) -> None:
    option = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14).options[0]
    needs, pets = option.terms
    assert (needs.aim, needs.penalty, needs.how) == ("Needs met", "23", "23 units of weight 1.")
    assert (pets.penalty, pets.how, pets.source) == ("0", "", "professional judgement")


def test_sets_of_changes_stand_apart_from_single_ones(ranking, referral, homes) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    assert [change.homes for change in page.relaxations] == ["Sample House 313 and Sample House 315"]
    assert [change.gained for change in page.sets_of_changes] == ["1 home"]
    assert page.sets_of_changes[0].text.startswith("Both are needed.")


def test_an_unknown_need_is_not_assessed_and_a_met_need_has_no_gap(ranking, referral, homes) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    gaps = {row.domain: row.gap for row in page.options[0].needs}
    assert gaps["Clinical indicators"] == "Not assessed"
    assert gaps["Emotional wellbeing"] == "None"
    assert gaps["Risk"] == "16"


def test_a_stale_vacancy_asks_for_a_telephone_call(ranking, referral, homes) -> None:
    page = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14)
    assert "telephone" not in page.options[0].vacancy
    assert "telephone" in page.options[1].vacancy
    assert "telephone" in page.options[2].vacancy


def test_a_birth_date_or_postcode_never_reaches_the_page(ranking, referral, homes) -> None:
    page = repr(present_options(ranking=ranking, referral=referral, homes=homes, age_years=14))
    assert "2011" not in page
    assert "2 September 2011" not in page


def test_the_plan_counts_who_is_placed_only_if_a_provider_agrees(plan, homes) -> None:
    page = present_plan(plan=plan, referrals={}, homes=homes)
    assert page.in_brief == (
        "2 children have a home in this plan, 1 of them only if the provider agrees; 1 child has none. "
        "1 settled child stays where the child may not live, or needs a move at once. "
        "1 child stays where they are."
    )
    assert page.assignments[1].ask_next == "Sample House 301"


def test_the_plan_says_who_signs_before_a_child_goes(plan, homes) -> None:
    page = present_plan(plan=plan, referrals={}, homes=homes)
    assert [item.signs for item in page.assignments] == ["", "Director of Children's Services"]


def test_a_plan_that_leaves_nobody_out_says_so(plan, homes) -> None:
    page = present_plan(plan=plan | {"unplaced": []}, referrals={}, homes=homes)
    assert "1 settled child stays where the child may not live, or needs a move at once." in page.in_brief
    (stays,) = page.staying
    assert (stays.needs_a_move, stays.may_not_go_on, stays.urgency) == (
        True,
        ("The home is closed.",),
        "crisis",
    )
    assert "; nobody is left without one." in page.in_brief


def _approval(code: str, who: str) -> dict[str, str]:
    return {"code": code, "who": who, "why": code, "instrument": "", "due_on": "2026-06-22"}


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (("placement_plan", "notification", "outside_area"), "1 signature and 2 notices"),
        (("placement_plan", "notification"), "2 notices"),
        (("fee", "at_a_distance"), "2 signatures"),
    ],
)
def test_signatures_are_counted_apart_from_what_the_social_worker_does_and_stand_first(
    ranking, referral, homes, codes, said
) -> None:
    ranking["options"][0]["approvals"] = [_approval(code, "somebody") for code in codes]
    option = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14).options[0]
    assert option.in_brief.endswith(f", {said}")
    notices = [approval.why in ("Placement_plan.", "Notification.") for approval in option.approvals]
    assert notices == sorted(notices)


def test_a_vacancy_confirmed_after_today_is_no_confirmation(ranking, referral, homes) -> None:
    homes["DEMO-H-101"] = replace(homes["DEMO-H-101"], vacancies_confirmed_on=date(2026, 6, 20))
    option = present_options(ranking=ranking, referral=referral, homes=homes, age_years=14).options[0]
    assert option.vacancy == "Confirmation dated after today, 20 June 2026: check it"


def test_that_a_child_was_not_asked_is_said_once(ranking, referral, homes) -> None:
    reason = "Asleep when the referral was made."
    untold = replace(referral, wishes=Wishes(reason_not_asked=reason))
    ranking["prompts"].append(f"The child was not asked: {reason}")
    page = present_options(ranking=ranking, referral=untold, homes=homes, age_years=14)
    assert page.wishes_source == f"Not asked: {reason}"
    assert not any(reason in prompt for prompt in page.prompts)


def test_no_distance_at_all_is_not_said_to_be_nothing() -> None:
    assert words.miles(0.0) == "less than 0.1 miles"
    assert words.miles(0.1) == "0.1 miles"


def test_the_forecast_names_its_first_and_last_month(forecast) -> None:
    assert present_sufficiency(forecast).period == "June 2026 to June 2028"


@pytest.mark.parametrize("status", ["OPTIMAL", "FEASIBLE", "INFEASIBLE", "TIME_LIMIT_NO_SOLUTION"])
def test_every_status_of_a_plan_has_words(plan, status) -> None:
    assert present_plan(plan=plan | {"status": status}, referrals={}, homes={}).status_words.endswith(".")


def test_without_homes_beds_short_are_not_assessed_rather_than_none(forecast_without_homes) -> None:
    page = present_sufficiency(forecast_without_homes)
    assert not page.shortfall_assessed
    assert page.shortfall == ()


def test_means_are_added_over_ages_for_each_kind_of_home(forecast) -> None:
    page = present_sufficiency(forecast)
    assert [group.name for group in page.groups] == [
        "Fostering",
        "Children's homes",
        "Supported accommodation",
        "Other",
    ]
    assert page.groups[0].rows[0] == ("Jun 2026", "340")


def test_the_first_month_more_likely_short_than_not_is_named(forecast) -> None:
    # The sample's chance of being short grows by 3 points a month from June 2026: 51% after 17 months.
    assert "1 November 2027" in present_sufficiency(forecast).shortfall[0].in_brief


def test_the_watch_shows_the_worst_first_and_an_overdue_date_as_overdue(watch_report) -> None:
    page = present_watch(watch_report)
    assert [spell.spell_id for spell in page.current] == ["DEMO-P-1"]
    assert [spell.spell_id for spell in page.ended.items] == ["DEMO-P-2"]
    assert [spell.spell_id for spell in page.ended_long_ago.items] == ["DEMO-P-3"]
    first = page.current[0].speaking[0]
    assert first.overdue
    assert first.due_in == "3 days ago"
    assert page.in_brief == "1 child is in emergency accommodation tonight: 1 raised."


def test_what_ended_ninety_days_ago_is_still_recent_and_a_day_before_that_is_history(watch_report) -> None:
    ended = [spell for spell in watch_report["spells"] if spell["ended_on"]]
    ended[0]["ended_on"], ended[1]["ended_on"] = "2026-03-17", "2026-03-16"
    page = present_watch(watch_report)
    assert [len(page.current), len(page.ended.items), len(page.ended_long_ago.items)] == [1, 1, 1]
    assert page.ended.items[0].spell_id == ended[0]["spell_id"]


def test_a_rule_that_could_not_be_assessed_names_what_is_missing(watch_report) -> None:
    unassessed = present_watch(watch_report).current[0].unassessed
    assert [rule.missing for rule in unassessed] == ["notices"]


def with_rules(spell, child, nights, *rules):
    """Return the spell with other rules, each given as name, outcome, due day and missing fields."""
    shape = ("rule", "outcome", "due_on", "missing")
    found = [dict(zip(shape, rule, strict=True), text=rule[0], instrument="") for rule in rules]
    return spell | {
        "spell_id": child,
        "child_id": child,
        "nights": nights,
        "outcome": rules[0][1],
        "rules": found,
    }


def test_the_watch_shows_breaches_of_law_before_those_of_policy_and_what_is_due_under_them(
    watch_report,
) -> None:
    spell = watch_report["spells"][0]
    report = watch_report | {
        "spells": [
            with_rules(spell, "DEMO-policy", 40, ("crisis_stay_over", "RAISED", "2026-05-01", [])),
            with_rules(spell, "DEMO-nights", 16, ("over_14_nights", "RAISED", "2026-06-14", [])),
            with_rules(
                spell,
                "DEMO-law",
                2,
                ("crisis_stay_over", "RAISED", "2026-06-02", []),
                ("unsuitable_at_all", "WARNING", "2026-06-01", []),
                ("looked_after_unlawful_setting", "RAISED", "2026-06-13", []),
            ),
        ]
    }
    page = present_watch(report)
    assert [spell.child_id for spell in page.current] == ["DEMO-law", "DEMO-nights", "DEMO-policy"]
    first = page.current[0]
    assert (first.first_due, first.first_due_rule) == ("13 June 2026", "Not lawful for a child in care")
    assert [rule.name for rule in first.speaking] == [
        "Not lawful for a child in care",
        "Crisis stay run over",
        "An unsuitable place",
    ]


def test_a_field_that_several_rules_miss_is_named_once(watch_report) -> None:
    spell = watch_report["spells"][0]
    unassessed = (
        ("approvals_missing", "NOT_ASSESSED", None, ["in_care", "legal_basis"]),
        ("homeless_duties", "NOT_ASSESSED", None, ["legal_basis"]),
    )
    page = present_watch(watch_report | {"spells": [with_rules(spell, "DEMO-C", 3, *unassessed)]})
    assert page.current[0].missing == "in care and legal basis"


def test_the_watch_shows_what_to_know_about_its_answer(watch_report) -> None:
    evidence = watch_report["evidence"] | {"warnings": ["stays A and B overlap"]}
    page = present_watch(watch_report | {"evidence": evidence})
    assert page.evidence.warnings == ("Stays A and B overlap.",)


def test_every_rule_of_the_engines_has_a_heading_in_words() -> None:
    codes = {rule.__name__ for rule in RULES} | set(WATCH_RULES)
    assert codes - set(RULE_WORDS) == set()


def test_the_childs_own_words_are_shown_once_and_not_again_among_the_prompts(
    ranking, referral, homes
) -> None:
    said = f"The child's wishes: “{referral.wishes.text}”"
    page = present_options(
        ranking=ranking | {"prompts": [*ranking["prompts"], said]},
        referral=referral,
        homes=homes,
        age_years=14,
    )
    assert len(page.prompts) == 1
    assert page.wishes == referral.wishes.text


def test_a_long_waiting_list_and_a_long_plan_are_shown_in_parts_that_leave_nobody_out(
    plan, homes, waiting
) -> None:
    one = waiting.entries[0]
    many = tuple(replace(one, referral_id=f"R{place}", child_id=f"C{place}") for place in range(250))
    parts = [
        present_waiting_list(WaitingListView(as_of=waiting.as_of, entries=many), part) for part in (1, 2, 3)
    ]
    assert [row.child_id for page in parts for row in page.rows] == [entry.child_id for entry in many]
    assert parts[1].in_brief.startswith("250 children wait")
    assert [list(rows_of(part))[:1] for part in (0, 1, 2)] == [[0], [0], [100]]

    placed = [plan["assignments"][0] | {"child_id": f"C{place:03}"} for place in range(70)]
    pages = [
        present_plan(plan=plan | {"assignments": placed}, referrals={}, homes=homes, part=part)
        for part in (1, 2, 3)
    ]
    assert [item.child_id for page in pages for item in page.assignments] == [
        item["child_id"] for item in placed
    ]
    assert pages[2].in_brief == pages[0].in_brief
    nowhere = [plan["unplaced"][0] | {"child_id": f"N{place:03}"} for place in range(90)]
    pages = [
        present_plan(plan=plan | {"unplaced": nowhere}, referrals={}, homes=homes, left=left)
        for left in (1, 2, 3)
    ]
    assert [item.child_id for page in pages for item in page.unplaced] == [
        item["child_id"] for item in nowhere
    ]


def test_whoever_needs_a_home_tonight_stands_first_in_the_plan(plan, homes, referral) -> None:
    soon = {"DEMO-C-022": replace(referral, child_id="DEMO-C-022")}
    page = present_plan(plan=plan, referrals=soon, homes=homes)
    assert [item.child_id for item in page.assignments] == ["DEMO-C-022", "DEMO-C-014"]


def test_a_plan_says_how_each_aim_is_known_and_who_competes_for_what(plan, homes) -> None:
    page = present_plan(plan=plan, referrals={}, homes=homes)
    assert [stage.proof for stage in page.stages] == [
        "By counting: every child who has a lawful home on this list is placed.",
        "By counting: whoever is placed, of this urgency or a greater one, is in one of the 2 beds of Larkbeare and "
        "Sample House 300. That is 2 in all, and the plan places as many.",
        "By search: every other way was tried or ruled out. There is no certificate to add up.",
        "By adding up: the certificate puts a weight on 1 child and the beds of 1 home. No placing of a child is worth "
        "more than its weights, so no plan is worth more than all of them together, and this one is worth as much.",
        "Not proved: a better plan may exist, but none can pass the limit.",
    ]
    assert [item.in_brief for item in page.bottlenecks] == [
        "1 child has no possible home on this list at all",
        "1 bed short: 2 children compete for 1 home",
    ]
    assert page.one_more_bed[0].kind == "Crisis accommodation"
    assert page.one_more_bed[0].brings == "1 planned child more placed."


def test_the_price_of_a_bed_is_told_in_words_with_where_the_next_children_come_from(plan, homes) -> None:
    page = present_plan(plan=plan, referrals={}, homes=homes)
    assert [(bed.kind, bed.brings) for bed in page.prices] == [
        ("Sample House 300", "Without a bed there one more of them would have no home, whatever comes."),
        (
            "Tamar Reach",
            "In about 70 of 100 futures one more of them would have no home without a bed there.",
        ),
        ("Larkbeare", "In about 40 of 100 futures one more of them would have no home without a bed there."),
    ]
    assert page.arrivals == (
        "20 futures of the next 28 days were drawn from the 61 searches opened since 16 June 2025 that are kept here, about "
        "5.1 children in thirty days. Children who wait already take no bed in these futures."
    )
    alike = present_plan(
        plan=plan | {"bed_prices": {"DEMO-H-101": 40, "DEMO-H-205": 40}}, referrals={}, homes=homes
    )
    assert [bed.kind for bed in alike.prices] == ["Larkbeare or Tamar Reach"]
    spared = present_plan(plan=plan | {"bed_prices": {}}, referrals={}, homes=homes)
    assert spared.arrivals.endswith("In none of them would a bed on this list be missed.")
    unasked = present_plan(plan=plan | {"bed_prices": {}, "arrivals": None}, referrals={}, homes=homes)
    assert unasked.arrivals == ""


def test_a_plan_in_which_the_checker_found_a_fault_says_so(plan, homes) -> None:
    fault = {"rule": "places", "text": "More children would move in than there are free beds."}
    page = present_plan(plan=plan | {"checked": [fault]}, referrals={}, homes=homes)
    assert page.checked == (
        "The checker without a solver found 1 fault in this plan: more children would move in than there are free beds. "
        "Do not act on it."
    )


def test_a_child_not_at_its_own_first_choice_is_told_why_with_homes_by_name(plan, homes) -> None:
    first, second = present_plan(plan=plan, referrals={}, homes=homes).assignments
    assert (first.own_first, first.why_not_first) == ("Its own first choice", "")
    assert second.own_first == "Its own first choice: Larkbeare"
    assert "DEMO-H" not in second.why_not_first
    assert second.why_not_first.startswith("If nobody else were waiting, Larkbeare")


def test_rival_plans_stand_by_kind_and_one_that_cannot_be_is_not_offered(plan, homes) -> None:
    siblings, order = present_plan(plan=plan, referrals={}, homes=homes).rivals
    assert [rival.may_adopt for rival in siblings.rivals] == [False]
    assert [rival.may_adopt for rival in order.rivals] == [True]
    assert order.rivals[0].changes == ("DEMO-C-014: Tamar Reach",)


def test_what_is_coming_to_a_settled_child_is_told_once_and_comes_after_who_may_not_stay(plan, homes) -> None:
    settled = {"home_id": "DEMO-H-101", "urgency": "planned", "may_not_go_on": []}
    coming = "The home is to close on 20 July 2026: hold a review in time and find the next home."
    calm = {**settled, "child_id": "DEMO-C1", "reasons": [STAYS_PUT]}
    told = {**settled, "child_id": "DEMO-C2", "reasons": [STAYS_PUT, coming]}
    staying = [calm, told, *plan["staying"]]
    page = present_plan(plan=plan | {"staying": staying}, referrals={}, homes=homes)
    assert [(one.child_id, one.told) for one in page.staying] == [
        (plan["staying"][0]["child_id"], ()),
        ("DEMO-C2", (coming,)),
        ("DEMO-C1", ()),
    ]


def test_the_nearest_homes_are_offered_to_fix_and_the_planned_one_however_far(referral, homes) -> None:
    template = homes["DEMO-H-101"]
    many = {
        f"H{place:03}": replace(template, home_id=f"H{place:03}", name=None, postcode="PL4 8AA")
        for place in range(80)
    }
    many["H079"] = replace(many["H079"], postcode=None)
    child = replace(referral, home_postcode="PL4 6AB")
    able = {"eligible_pairs": [[child.child_id, home_id] for home_id in many]}
    assert len(present_choices(able, child, many)) == CHOICES_SHOWN
    offered = present_choices(able, child, many, planned="H079")
    assert len(offered) == CHOICES_SHOWN + 1
    assert offered[-1].home_id == "H079"
    assert "distance not known" in offered[-1].about


def test_a_rival_plan_that_moves_many_children_names_some_and_counts_the_rest(plan, homes) -> None:
    changes = [{"child_id": f"C{place}", "home_id": "DEMO-H-101"} for place in range(61)]
    rival = plan["alternatives"][0] | {"changes": changes}
    found = present_plan(plan=plan | {"alternatives": [rival]}, referrals={}, homes=homes).rivals[0].rivals[0]
    assert len(found.changes) == 16
    assert found.changes[-1] == "And 46 more children"
    assert not found.may_adopt


def test_every_option_carries_what_the_child_says(sample_markup) -> None:
    said = "I want to stay at my school and see my nan on Sundays."
    options = sample_markup["options"].split('<article class="rh-option"')[1:]
    assert options
    assert all(said in option for option in options)
