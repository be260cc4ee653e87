"""Who competes for which beds: hand-made cases whose answer is plain."""

from __future__ import annotations

from matching.bottleneck import bottlenecks


def told(children, beds, also_free=None):
    return [(b.children, b.homes, b.beds_short) for b in bottlenecks(children, beds, also_free or {})]


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
