"""The joint plan's stage values are the best of every possible plan, on random lists of up to 5 children.

The joint rules are read here once more, child by child, apart from the code that plans and the code that
verifies; ``verify_plan`` is held to the same reading.
"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import product

import pytest

from matching import aims
from matching.eligibility import assess
from matching.findings import Context, case_of
from matching.home import Resident
from matching.plan import plan_list
from matching.policy import default_policy
from matching.referral import stays_put
from matching.surety import uncertainty
from matching.verify import verify_plan
from reference_data.ages import age_on
from reference_data.vocabulary import Alongside, EmergencySetting, RiskLevel
from tests.counts import count
from tests.oracles.small_lists import AS_OF, random_list

COUNT = count("waiting lists enumerated")
POLICY = default_policy()
CHUNKS = 6


class EveryPlan:
    """All plans of a small list, and what each is worth."""

    def __init__(self, referrals, homes, pins, prices=None):
        self.prices = prices or {}
        self.homes = {one.home_id: one for one in homes}
        nowhere = {one.home_id for one in homes if one.type == "hotel" or one.registered is False}
        # Who sleeps where nobody may be placed is placed nowhere.
        referrals = [
            replace(one, current_home_id=None) if one.current_home_id in nowhere else one for one in referrals
        ]
        self.children = {one.child_id: one for one in referrals}
        self.pins = pins
        self.moving = sorted(one.child_id for one in referrals if not stays_put(one))
        self.staying = {one.child_id: one.current_home_id for one in referrals if stays_put(one)}
        self.lived_in = {home_id: self.with_the_listed(home) for home_id, home in self.homes.items()}
        self.context = Context(as_of=AS_OF, policy=POLICY, others=tuple(referrals))
        # What has to be asked about those who live in a home is read here once more.
        unweighed = tuple(
            replace(one, risks={}, alongside=None) if one.current_home_id else one for one in referrals
        )
        self.without_company = Context(as_of=AS_OF, policy=POLICY, others=unweighed)
        self.cases = {child_id: case_of(self.children[child_id], self.context) for child_id in self.moving}
        self.options = {child_id: self._options(child_id) for child_id in self.moving}
        self.worst_of = {}

    def with_the_listed(self, home):
        """Return a home with the children of the list who live there among its residents."""
        more = [
            Resident(
                child_id=one.child_id,
                age=age_on(one.date_of_birth, AS_OF),
                sex=one.sex,
                sibling_group=one.sibling_group,
                authority=one.authority,
            )
            for one in self.children.values()
            if one.current_home_id == home.home_id
        ]
        return replace(home, residents=(*home.residents, *more))

    def family(self, child_id):
        group = self.children[child_id].sibling_group
        return [one for one, r in self.children.items() if group is not None and r.sibling_group == group]

    def must(self, child_id):
        family = self.family(child_id)
        if any(self.children[one].siblings_together == "must" for one in family) and len(family) > 1:
            return family
        return [child_id]

    def pinned(self, child_id):
        return any(p["child_id"] in self.must(child_id) and not p["ban"] for p in self.pins)

    def _options(self, child_id):
        found = []
        for home_id, home in self.homes.items():
            if self.children[child_id].current_home_id == home_id:
                continue
            lawful = assess(self.children[child_id], home, self.context).may_be_offered
            kin = [one for one in self.must(child_id) if one in self.moving]
            enough = self.pinned(child_id) or all(aims.above_floor(self.cases[one], home) for one in kin)
            if lawful and enough:
                found.append(home_id)
        return found

    def every(self):
        for choice in product(*([None, *self.options[child_id]] for child_id in self.moving)):
            plan = dict(zip(self.moving, choice, strict=True))
            if self.allowed(plan):
                yield plan

    def allowed(self, plan):
        where = plan | self.staying
        for child_id in self.moving:
            together = {where[one] for one in self.must(child_id)}
            if where[child_id] is not None and len(together) > 1:
                return False
        for pin in self.pins:
            if (where[pin["child_id"]] == pin["home_id"]) == pin["ban"]:
                return False
        return all(self.home_allows(home, plan) for home in self.homes.values())

    def home_allows(self, home, plan):
        coming = [child_id for child_id, home_id in plan.items() if home_id == home.home_id]
        if not coming:
            return True
        lives = [one for one, r in self.children.items() if r.current_home_id == home.home_id]
        for one in coming:
            for other in coming + lives:
                if other in self.children[one].not_with or one in self.children[other].not_with:
                    return False
        start = {one: self.cases[one].start for one in coming}
        if home.beds is None:
            if len(coming) > home.vacancies:
                return False
        elif not self.seats(home, coming, start):
            return False
        heads = len(home.residents) + len(lives) + len(coming)
        if heads > home.places:
            return False
        if home.type in ("in_house_foster_carer", "connected_foster_carer") and heads > 3:
            groups = {self.children[one].sibling_group for one in coming + lives}
            groups |= {one.sibling_group for one in home.residents}
            named = {one.child_id for one in home.exemptions}
            alone = len(coming) == 1 and heads == 1
            if not (len(groups) == 1 and (None not in groups or alone)) and not set(coming) <= named:
                return False
        return True

    def seats(self, home, coming, start):
        """Try every way of giving each child a bed of its own."""
        beds = home.beds
        for choice in product(range(len(beds)), repeat=len(coming)):
            if len(set(choice)) < len(choice):
                continue
            if all(
                beds[bed].held_for in (None, one)
                and (beds[bed].available_from is None or beds[bed].available_from <= start[one])
                for one, bed in zip(coming, choice, strict=True)
            ):
                return True
        return False

    def worth(self, plan):
        """Return the aims in order, all to be made as large as possible.

        After the placing itself a child left unplaced counts in each term as in the worst home it could have.
        """
        placed = [child_id for child_id, home_id in plan.items() if home_id is not None]
        values = []
        for urgency in ("crisis", "emergency", "planned"):
            values.append(sum((self.cases[one].urgency or "planned") == urgency for one in placed))
        where = plan | self.staying
        totals = dict.fromkeys((aim.name for aim in POLICY.aims), 0) | {"unknown_facts": 0, "missed": 0}
        for one, home_id in plan.items():
            terms = self.terms(one, home_id, where) if home_id is not None else self.worst(one)
            for name, penalty in terms.items():
                totals[name] += penalty
        totals["unknown_facts"] += sum(
            plan[one] == plan[other] and self.unsuited(self.children[one], self.children[other])
            for one in placed
            for other in placed
        )
        values.append(-totals["unknown_facts"])
        for stage in POLICY.stages:
            names = [aim.name for aim in POLICY.aims if aim.stage == stage]
            missed = totals["missed"] if "specialist_capacity" in names else 0
            values.append(-sum(totals[name] for name in names) - missed)
        return values

    def unsuited(self, me, other):
        if me.child_id == other.child_id or (me.sibling_group and me.sibling_group == other.sibling_group):
            return False
        if {me.risks.get(name) for name in ("physical_harm", "sexual_harm", "fire_setting")} & {"high"}:
            return True
        mine, its = (age_on(one.date_of_birth, AS_OF) for one in (me, other))
        return {"solo": True, "only_older": its <= mine, "only_younger": its >= mine}.get(me.alongside, False)

    def terms(self, child_id, home_id, where):
        home = self.homes[home_id]
        found = aims.penalties(self.cases[child_id], home)
        found["siblings"] = POLICY.aim("siblings").weight * self.alone(child_id, home, where)
        there = self.lived_in[home_id]
        asked = assess(self.children[child_id], there, self.without_company)
        found["missed"] = self.prices.get(home.home_id, 0)
        found["unknown_facts"] = uncertainty(self.cases[child_id], there, asked)
        if any(
            one.current_home_id == home_id and self.unsuited(one, self.children[kin])
            for one in self.children.values()
            for kin in self.must(child_id)
            if kin in self.moving
        ):
            found["unknown_facts"] = max(found["unknown_facts"], 1)
        return found

    def worst(self, child_id):
        if child_id not in self.worst_of:
            nobody = dict.fromkeys(self.moving) | self.staying
            kin = [one for one in self.must(child_id) if one in self.moving]
            rows = [
                self.terms(child_id, home_id, nobody | dict.fromkeys(kin, home_id))
                for home_id in self.usable(child_id)
            ]
            names = rows[0] if rows else ()
            self.worst_of[child_id] = {name: max(row[name] for row in rows) for name in names}
        return self.worst_of[child_id]

    def eligible(self, child_id):
        """Return the homes that could take the child if nobody else on the list moved."""
        kin = [one for one in self.must(child_id) if one in self.moving]
        if any(other in self.children[one].not_with for one in kin for other in kin):
            return []
        found = set.intersection(*(set(self.options[one]) for one in kin))
        found -= {p["home_id"] for p in self.pins if p["ban"] and p["child_id"] in kin}
        nobody = dict.fromkeys(self.moving)
        return [
            home_id
            for home_id in sorted(found)
            if self.home_allows(self.homes[home_id], nobody | dict.fromkeys(kin, home_id))
        ]

    def usable(self, child_id):
        """Return the homes that could take the child and that no pin of another home rules out."""
        kin = self.must(child_id)
        given = {p["home_id"] for p in self.pins if p["child_id"] in kin and not p["ban"]}
        return [home_id for home_id in self.eligible(child_id) if given <= {home_id}]

    def alone(self, child_id, home, where):
        me = self.children[child_id]
        if me.sibling_group is None or me.siblings_together == "no":
            return 0
        kin = [one for one in self.family(child_id) if one != child_id]
        together = [one for one in kin if where[one] == home.home_id]
        there = any(one.sibling_group == me.sibling_group for one in home.residents)
        there = there or any(self.children[one].current_home_id == home.home_id for one in kin)
        if len(together) == len(kin) and (kin or there):
            return 0
        return 1 if together or there else 3


def some_are_no_placement(referrals, homes, rng):
    """Return the homes; of those where a child of the list lives every second is a hotel or not registered."""
    lived_in = {one.current_home_id for one in referrals} - {None}
    no_placement = ({"type": EmergencySetting.HOTEL}, {"registered": False})
    return [
        replace(one, **rng.choice(no_placement)) if one.home_id in lived_in and rng.random() < 0.5 else one
        for one in homes
    ]


COMPANY = (*[None] * 8, *Alongside)


def hard_to_place_with_others(referral, rng):
    """Return the referral, now and then with whom the child can live alongside or a high risk to others."""
    risk = rng.choice([*[None] * 8, "physical_harm", "sexual_harm", "harm_to_animals"])
    risks = referral.risks | ({risk: RiskLevel.HIGH} if risk else {})
    return replace(referral, alongside=rng.choice(COMPANY), risks=risks)


STAGES = (
    *("crisis_placed", "emergency_placed", "planned_placed", "unknown_facts", "connected_carer"),
    *("section_22c", "unmet_need_and_specialist_capacity", "stability", "cost"),
)
"""The aims of the shipped policy, in its order."""


def as_answer(plan, every):
    """Return a plan of the enumeration in the contract's shape, with its values and no proof."""
    pairs = [[child_id, home_id] for child_id in every.moving for home_id in every.usable(child_id)]
    values = [abs(value) for value in every.worth(plan)]
    ours = {h.home_id: h.contract == "in_house" for h in every.homes.values()}
    return {
        "status": "FEASIBLE",
        "assignments": [
            {"child_id": child_id, "home_id": home_id, "subject_to_offer": not ours[home_id]}
            for child_id, home_id in plan.items()
            if home_id is not None
        ],
        "unplaced": [{"child_id": child_id} for child_id, home_id in plan.items() if home_id is None],
        "staying": [{"child_id": one, "home_id": home_id} for one, home_id in every.staying.items()],
        "stages": [
            {"aim": aim, "value": value, "bound": value, "proved": False}
            for aim, value in zip(STAGES, values, strict=True)
        ],
        "eligible_pairs": pairs,
    }


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_plan_reaches_the_best_stage_values_of_every_plan(chunk):
    rng = random.Random(chunk)
    stages = by_weights = 0
    for _ in range(COUNT // CHUNKS):
        referrals, homes, pins = random_list(rng)
        homes = some_are_no_placement(referrals, homes, rng)
        referrals = [hard_to_place_with_others(one, rng) for one in referrals]
        arrivals = (
            [one for one in random_list(rng)[0] if one.current_home_id is None] if rng.random() < 0.3 else []
        )
        rng.shuffle(referrals)
        rng.shuffle(homes)
        found = plan_list(
            referrals,
            homes,
            as_of=AS_OF,
            pins=pins,
            arrivals=arrivals,
            time_limit_seconds=20,
            certificates=True,
        )
        every = EveryPlan(referrals, homes, pins, found.bed_prices)
        values = [every.worth(plan) for plan in every.every()]
        if not values:
            assert found.status == "INFEASIBLE", (referrals, homes, pins)
            assert found.assignments == ()
            assert found.infeasible_because
            continue
        assert found.status == "OPTIMAL", (referrals, homes, pins)
        usable = {(one, home_id) for one in every.moving for home_id in every.usable(one)}
        assert set(found.eligible_pairs) == usable, (referrals, homes, pins)
        assert verify_plan(found, referrals, homes, as_of=AS_OF, pins=pins) == [], (referrals, homes, pins)
        reached = [stage.value if stage.better == "more" else -stage.value for stage in found.stages]
        assert reached == max(values), (referrals, homes, pins)
        plan = dict.fromkeys(every.moving) | {one.child_id: one.home_id for one in found.assignments}
        assert every.worth(plan) == max(values)
        stages += len(found.stages)
        by_weights += sum(stage.weights is not None for stage in found.stages)
    # The checker has added up the weights of every aim that has some; few are proved by the search alone.
    assert by_weights > 0.85 * stages


@pytest.mark.parametrize("chunk", range(2))
def test_the_checker_finds_fault_with_exactly_the_plans_that_are_not_allowed(chunk):
    rng = random.Random(100 + chunk)
    seen = {True: 0, False: 0}
    for _ in range(COUNT // 4):
        referrals, homes, pins = random_list(rng)
        homes = some_are_no_placement(referrals, homes, rng)
        referrals = [hard_to_place_with_others(one, rng) for one in referrals]
        every = EveryPlan(referrals, homes, pins)
        for _ in range(12):
            plan = {one: rng.choice([None, *every.options[one], *every.options[one]]) for one in every.moving}
            faults = verify_plan(as_answer(plan, every), referrals, homes, as_of=AS_OF, pins=pins)
            allowed = every.allowed(plan)
            assert allowed == (not faults), (faults, plan, referrals, homes, pins)
            seen[allowed] += 1
    assert min(seen.values()) > COUNT // 4
