"""Needs and homes, eligibility, ranking, the joint plan and its explanation. Values in, values out."""
