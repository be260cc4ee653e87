"""The whole invented partnership on its day: everything the other rooms invent, joined and written as plain files.

Five councils, their children since 2016, the homes there are, who waits, whom was asked, who is in a hotel, and
the returns each council would have made. The hidden truth is a document of its own (``truth``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from reference_data.sample import PARTNERSHIP_SEED, SAMPLE_DATE
from reference_data.synthetic.careers import simulate_history
from reference_data.synthetic.enquiries import invent_enquiries
from reference_data.synthetic.history import History, Whereabouts
from reference_data.synthetic.homes import invent_homes
from reference_data.synthetic.homes_file import homes_on
from reference_data.synthetic.notices import invent_notices
from reference_data.synthetic.returns import write_returns
from reference_data.synthetic.stays import invent_stays
from reference_data.synthetic.targets import AUTHORITIES
from reference_data.synthetic.waiting_carers import invent_waiting_carers
from reference_data.synthetic.waiting_list import invent_referrals
from reference_data.synthetic.whereabouts import Housing, house
from reference_data.synthetic.worlds import BASE, World

RETURN_YEARS = tuple(range(2018, 2027))
"""The years whose 31 March closes a return that is written: nine of them."""

Row = dict[str, object]

README = """\
EVERYTHING HERE IS INVENTED. No child, family, carer, home, provider or event in these files is real, and none
stands for one. Ids begin with DEMO-, names of homes and providers end in "(invented)". Real are the authorities,
the postcodes (nobody's home in particular is meant) and the published totals that the children are held to.
"""


@dataclass(frozen=True)
class Partnership:
    """Five councils on one day.

    Parameters
    ----------
    on
        The day.
    seed
        What it was drawn from: the same seed gives the same partnership to the byte.
    histories
        Each council's children, by authority code.
    housing
        Every home there was, and in which each placement was.
    """

    on: date
    seed: int
    histories: Mapping[str, History]
    housing: Housing

    @property
    def whereabouts(self) -> Mapping[tuple[str, int], Whereabouts]:
        """Return the home of each placement, by authority and placement."""
        return self.housing.whereabouts

    @cached_property
    def homes(self) -> list[Row]:
        """Return the list of homes of the whole partnership, in the contract's layout."""
        return homes_on(self.housing, self.histories, self.on, seed=self.seed)

    @cached_property
    def referrals(self) -> list[Row]:
        """Return everybody who waits, in the contract's layout."""
        return invent_referrals(self.histories, self.homes, self.whereabouts, self.on, self.seed)

    @cached_property
    def enquiries(self) -> list[Row]:
        """Return a year's enquiries of homes, with their answers."""
        return invent_enquiries(self.histories, self.homes, self.whereabouts, self.on, self.seed)

    @cached_property
    def notices(self) -> list[Row]:
        """Return a year's notices by providers."""
        return invent_notices(self.histories, self.homes, self.whereabouts, self.on, self.seed)

    @cached_property
    def stays(self) -> list[Row]:
        """Return the stays in emergency accommodation, those of May 2018 first."""
        return invent_stays(self.histories, self.homes, self.whereabouts, self.on, self.seed)

    def homes_of(self, authority: str) -> list[Row]:
        """Return the list that one council keeps: its own, those it shares, and wherever its children are.

        Connected carers approved by name for a child who waits are on it too.
        """
        listed = homes_on(self.housing, self.histories, self.on, seed=self.seed, council=authority)
        own = [row for row in self.referrals if row["authority"] == authority]
        return listed + invent_waiting_carers(own, self.on)

    def returns(self, authority: str, years: Sequence[int] = RETURN_YEARS) -> dict[str, str]:
        """Return the CSV text of one council's annual returns, by file name."""
        return write_returns(self.histories[authority], self.whereabouts, years)

    def files(self) -> Iterator[tuple[str, str]]:
        """Give the path and text of every file of the partnership, a folder for each council."""
        yield "README.txt", README
        for authority in sorted(self.histories):
            for name, text in self.files_of(authority):
                yield f"{authority}/{name}", text

    def files_of(self, authority: str) -> Iterator[tuple[str, str]]:
        """Give the path and text of every file of one council."""
        yield "README.txt", README
        yield "homes.json", as_json(self.homes_of(authority))
        for kind, rows in (
            ("referrals", self.referrals),
            ("stays", self.stays),
            ("enquiries", self.enquiries),
            ("notices", self.notices),
        ):
            yield f"{kind}.json", as_json([row for row in rows if row.get("authority") == authority])
        for name, text in self.returns(authority).items():
            yield f"returns/{name}", text


def as_json(rows: Sequence[Row]) -> str:
    """Return rows as JSON text, one record a line so that a change is one line's change."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n" if rows else "[]\n"


def invent_partnership(
    *, seed: int = PARTNERSHIP_SEED, on: date = SAMPLE_DATE, world: World = BASE
) -> Partnership:
    """Return the invented partnership of Plymouth, Devon, Torbay, Somerset and Cornwall on a day.

    It takes some seconds: thousands of children live their lives.

    Parameters
    ----------
    seed
        Any whole number from 0.
    on
        The day it is seen, from 1 April 2018.
    world
        The laws that the children's lives follow.
    """
    histories = {code: simulate_history(code, seed=seed, until=on, world=world) for code in AUTHORITIES}
    housing = house(histories, invent_homes(histories, seed=seed), seed=seed)
    return Partnership(on=on, seed=seed, histories=histories, housing=housing)
