"""Who competes for which beds: hand-made cases whose answer is plain."""

from __future__ import annotations

import random
from itertools import combinations

from matching.bottleneck import bottlenecks
from matching.tight_cut import tight_cut


def told(children, beds, also_free=None):
    found = bottlenecks(children, beds, also_free or {})
    return [(one.children, one.homes, one.beds_short) for one in found]


def test_enough_beds_for_everybody_is_no_bottleneck():
    assert told({"A": ["H1"], "B": ["H1", "H2"]}, {"H1": 1, "H2": 1}) == []


def test_three_children_and_one_bed_are_two_beds_short():
    children = {name: ["H1"] for name in "ABC"} | {"D": ["H2"]}
    assert told(children, {"H1": 1, "H2": 1}) == [(("A", "B", "C"), ("H1",), 2)]


def test_children_who_share_no_home_are_told_apart():
    children = {"A": ["H1"], "B": ["H1"], "C": ["H2"], "D": ["H2"], "E": ["H2"]}
    assert told(children, {"H1": 1, "H2": 1}) == [(("C", "D", "E"), ("H2",), 2), (("A", "B"), ("H1",), 1)]


def test_a_child_without_any_home_is_a_bottleneck_of_its_own():
    assert told({"A": []}, {"H1": 1}) == [(("A",), (), 1)]


def test_a_bed_held_for_a_child_counts_for_that_child():
    assert told({"A": ["H1"], "B": ["H1"]}, {"H1": 1}, {("A", "H1"): 1}) == []


def test_a_flexible_child_is_not_blamed_for_the_shortage_of_others():
    children = {"A": ["H1"], "B": ["H1"], "C": ["H1", "H2"]}
    assert told(children, {"H1": 1, "H2": 1}) == [(("A", "B"), ("H1",), 1)]


def test_the_smallest_sets_are_told_and_not_their_union():
    children = {"A": ["H1"], "B": ["H1"], "C": ["H1", "H2"], "D": ["H2"], "E": ["H2", "H3"], "F": ["H3"]}
    children |= {"G": ["H1", "H2", "H3"], "X": ["H4"], "Y": ["H4", "H1"]}
    assert told(children, {"H1": 1, "H2": 2, "H3": 2, "H4": 2}) == [
        (("A", "B"), ("H1",), 1),
        (("A", "C", "D", "E", "F", "G"), ("H1", "H2", "H3"), 1),
    ]


def test_every_set_is_short_by_counting_and_the_shortages_add_up():
    rng = random.Random(5)
    for _ in range(200):
        homes = [f"H{number}" for number in range(rng.randint(1, 5))]
        beds = {home: rng.randint(0, 2) for home in homes}
        children = {f"C{n}": [home for home in homes if rng.random() < 0.4] for n in range(rng.randint(1, 6))}
        found = bottlenecks(children, beds, {})
        for one in found:
            open_to = {home for child in one.children for home in children[child]}
            assert open_to == set(one.homes)
            assert one.beds_short == len(one.children) - sum(beds[home] for home in open_to) > 0
            if one.beds_short > 1:
                continue
            for size in range(1, len(one.children)):
                for fewer in combinations(one.children, size):
                    enough = sum(beds[home] for home in {h for child in fewer for h in children[child]})
                    assert enough >= size, (children, beds, one, fewer)
        # Hall and Koenig: the most children short of a bed over all sets is what no plan can place.
        most = max(
            size - sum(beds[home] for home in {h for child in some for h in children[child]})
            for size in range(len(children) + 1)
            for some in combinations(sorted(children), size)
        )
        assert sum(one.beds_short for one in found) == most


def test_the_shortages_add_up_to_what_a_maximum_flow_leaves_over():
    """The sets are found child by child; the flow is SciPy's, and its cut is tight."""
    rng = random.Random(7)
    for size in (3, 10, 60, 200):
        for _ in range(8):
            homes = [f"H{number}" for number in range(size)]
            beds = {home: rng.choice([0, 0, 1, 1, 2]) for home in homes}
            children = {f"C{n}": rng.sample(homes, rng.randint(0, min(4, size))) for n in range(size)}
            cut = tight_cut(children, beds, {})
            assert sum(one.beds_short for one in bottlenecks(children, beds, {})) == size - cut.most
            assert cut.most == len(cut.children) + sum(beds[home] for home in cut.homes)
            for child, open_to in children.items():
                assert child in cut.children or set(open_to) <= set(cut.homes)
