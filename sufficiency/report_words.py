"""The names of the report's sections, and words that several of them say."""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, str] = {
    "children": "Who our children are",
    "homes": "What homes we have, and where",
    "indicators": "How well homes serve our children",
    "distance": "Who was placed far away or unsuitably, and why",
    "forecast": "What is coming",
    "beds": "Beds short",
    "actions": "What we will do",
    "costs": "Cost",
    "partnership": "Our partnership",
    "voices": "What children say",
    "method": "Method, data quality and limits",
}
"""The sections' keys and headings, in the order of the report: to each, people may add paragraphs."""
RETURNS = "the council's SSDA903 returns"
