"""Many processes that want the same beds: started together, counted, and in the second way killed at random.

Called with one JSON argument; prints one JSON document. Each process has a connection of its own.

``fight``: ``clients`` processes want the one free bed of a home at the same moment, for ``rounds`` homes.
``kill``: processes hold, place, let go and end at random, and die by SIGKILL at random until ``kills`` of them
have died; others take their places.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import matching.rank  # noqa: F401  before the processes part, so that none loads it while others wait
from api import clock
from api.auth.roles import Role
from api.database.engine import Database, open_database
from api.database.records import Records, Scope
from api.services import deciding, holding, signing
from api.services.desk import Desk
from api.settings import Settings
from reference_data.problems import Conflict
from reference_data.tables import records_from_values

AUTHORITY = "879"
DAY = date(2026, 6, 15)
FORK = multiprocessing.get_context("fork")
SAID = {"reasons": "Free.", "wishes_considered": "Asked and told.", "why_not_first": "It is the one free."}


def house(number: int, vacancies: int = 1) -> dict[str, Any]:
    """Return our own carers with places free."""
    return {
        "home_id": f"DEMO-H{number}",
        "type": "in_house_foster_carer",
        "contract": "in_house",
        "postcode": "PL4 6AB",
        "authority": AUTHORITY,
        "places": 3,
        "vacancies": vacancies,
        "residents": [],
        "min_age": 5,
        "max_age": 17,
        "sexes": "any",
        "registered": True,
        "status": "open",
        "accepts_emergency": True,
    }


def child(number: int) -> dict[str, Any]:
    """Return a child of 12 who waits."""
    return {
        "referral_id": f"DEMO-R{number}",
        "child_id": f"DEMO-C{number}",
        "authority": AUTHORITY,
        "date_of_birth": "2013-09-03",
        "sex": "F",
        "legal_status": "V2",
        "home_postcode": "PL4 8AA",
        "needed_by": DAY.isoformat(),
        "urgency": "planned",
    }


def fill(url: str, homes: list[dict[str, Any]], referrals: list[dict[str, Any]]) -> None:
    """Keep homes and referrals as an import does."""
    from api.auth.passwords import know_authority

    database = open_database(url)
    with database.writing() as connection:
        know_authority(connection, AUTHORITY)
        records = Records(connection, Scope(authorities=frozenset({AUTHORITY}), actor="importer"))
        for kind, record, given in (("homes", "home", homes), ("referrals", "referral", referrals)):
            values = [row.values for row in records_from_values("test", given, record).rows]
            records.keep(kind, AUTHORITY, values, import_id=None)
    database.close()


def desk_on(records: Records, url: str, who: str) -> Desk:
    """Return an officer's desk."""
    return Desk(
        records=records,
        authority=AUTHORITY,
        username=who,
        role=Role.BROKERAGE_OFFICER,
        settings=Settings(database_url=url, as_of=DAY),
    )


def hold_only(database: Database, url: str, who: str, home: int, number: int) -> None:
    """Hold a bed, as quickly as it can be done."""
    with database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({AUTHORITY}), actor=who))
        records.beds_of(AUTHORITY).hold(
            home_id=f"DEMO-H{home}",
            child_id=f"DEMO-C{number}",
            referral_id=f"DEMO-R{number}",
            from_on=DAY,
            expires_at=clock.now() + timedelta(hours=1),
        )


def place(database: Database, url: str, who: str, home: int, number: int) -> None:
    """Hold a bed, have everything and decide: each in a transaction of its own, as the requests of a server are."""

    def does(action: Any, *given: Any, **named: Any) -> Any:
        with database.writing() as connection:
            records = Records(connection, Scope(authorities=frozenset({AUTHORITY}), actor=who))
            return action(desk_on(records, url, who), *given, **named)

    held = does(holding.hold, f"DEMO-R{number}", f"DEMO-H{home}")
    for duty in held.duties:
        if duty.kind == "checklist":
            does(signing.tick, duty.duty_id)
    does(deciding.decide, held.claim.claim_id, **SAID)


def fight(asked: dict[str, Any]) -> dict[str, Any]:
    """Let every client want the same bed at the same moment, round after round."""
    clients, rounds, url = asked["clients"], asked["rounds"], asked["url"]
    wanted = {"hold": hold_only, "place": place}[asked["want"]]
    referrals = [child(number) for number in range(clients * rounds)] if asked["want"] == "place" else []
    fill(url, [house(number) for number in range(rounds)], referrals)
    gate, results = FORK.Barrier(clients), FORK.Queue()

    def client(number: int) -> None:
        database = open_database(url)
        with database.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
        counts = {"won": 0, "conflicts": 0, "faults": []}
        for turn in range(rounds):
            gate.wait()
            try:
                wanted(database, url, f"officer {number}", turn, turn * clients + number)
                counts["won"] += 1
            except Conflict as refused:
                counts["conflicts"] += refused.code == "no_bed_free"
            except Exception as fault:
                counts["faults"].append(f"{type(fault).__name__}: {fault}"[:300])
        results.put(counts)
        database.close()

    processes = [FORK.Process(target=client, args=(number,)) for number in range(clients)]
    for process in processes:
        process.start()
    counted = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return {
        "won": sum(one["won"] for one in counted),
        "conflicts": sum(one["conflicts"] for one in counted),
        "faults": [fault for one in counted for fault in one["faults"]],
    }


def kill(asked: dict[str, Any]) -> dict[str, Any]:
    """Kill processes at random while they hold, place, let go and end."""
    url, clients, kills = asked["url"], asked["clients"], asked["kills"]
    homes, children = asked["homes"], asked["children"]
    rng = random.Random(asked["seed"])
    fill(url, [house(number, 2) for number in range(homes)], [child(number) for number in range(children)])
    # Files that are only added to: a lock or a queue would stay shut when its holder is killed.
    folder = Path(tempfile.mkdtemp(prefix="rhkill-"))
    done, faults = (
        os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND) for name in ("done", "faults")
    )

    def client(seed: int) -> None:
        choose = random.Random(seed)
        database = open_database(url)
        while True:
            number, home = choose.randrange(children), choose.randrange(homes)
            try:
                _something(choose, database, url, f"officer {seed}", home, number)
                os.write(done, b".")
            except Conflict:
                pass
            except Exception as fault:
                os.write(faults, f"{type(fault).__name__}: {fault}"[:300].replace("\n", " ").encode() + b"\n")

    def started() -> Any:
        process = FORK.Process(target=client, args=(rng.randrange(10**9),), daemon=True)
        process.start()
        return process

    living = [started() for _ in range(clients)]
    for _ in range(kills):
        time.sleep(rng.uniform(0.01, asked["longest_wait"]))
        victim = rng.randrange(clients)
        os.kill(living[victim].pid, signal.SIGKILL)
        living[victim].join()
        living[victim] = started()
    for process in living:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    found = {
        "kills": kills + clients,
        "done": (folder / "done").stat().st_size,
        "faults": (folder / "faults").read_text().splitlines(),
    }
    shutil.rmtree(folder)
    return found


def _something(choose: random.Random, database: Database, url: str, who: str, home: int, number: int) -> None:
    drawn = choose.random()
    if drawn < 0.4:
        hold_only(database, url, who, home, number)
        return
    if drawn < 0.7:
        place(database, url, who, home, number)
        return
    with database.writing() as connection:
        records = Records(connection, Scope(authorities=frozenset({AUTHORITY}), actor=who))
        desk = desk_on(records, url, who)
        claims = records.beds_of(AUTHORITY).claims(home_id=f"DEMO-H{home}")
        if not claims:
            return
        claim = choose.choice(claims)
        if claim.kind != "placement":
            holding.let_go(desk, claim.claim_id)
            return
        placement = records.kept("placements", AUTHORITY).one(claim.claim_id)
        deciding.end_placement(
            desk, claim.claim_id, version=placement.version, ended_on=DAY, end_reason="CARPL"
        )


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps({"fight": fight, "kill": kill}[given["way"]](given)))
