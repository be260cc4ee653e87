"""The rooms of one council that the door to records opens: its beds, alerts, plans, jobs and the rest."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from api.database.alert_records import AlertRecords
from api.database.analysis_records import AnalysisRecords
from api.database.answers_given import AnswersGiven
from api.database.child_records import ChildRecords
from api.database.forecast_records import ForecastRecords
from api.database.job_records import JobRecords
from api.database.plan_records import PlanRecords
from api.database.provider_records import LinkRecords
from api.database.restricted import RestrictedRecords
from reference_data.problems import NotPermitted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from api.database.records import Scope
    from api.database.seen import Seen


class CouncilRooms(ABC):
    """What ``Records`` gives of one council at a time, each a room with its own module.

    Every method raises ``NotPermitted`` if the authority is not in the scope.
    """

    connection: Connection
    scope: Scope

    @property
    @abstractmethod
    def seen(self) -> Seen:
        """What the scope sees of each record."""

    def in_view(self, authority: str) -> str:
        """Return the authority, which is in the scope."""
        if authority not in self.scope.authorities:
            raise NotPermitted(
                "another_authority", "These records belong to an authority that is not yours to change."
            )
        return authority

    def alerts_of(self, authority: str) -> AlertRecords:
        """Return the alerts of one council in view."""
        return AlertRecords(self.connection, self.in_view(authority), hidden=self.seen.hidden)

    def plans_of(self, authority: str) -> PlanRecords:
        """Return the joint plans of one council in view."""
        return PlanRecords(self.connection, self.in_view(authority), self.seen.without_hidden)

    def jobs_of(self, authority: str) -> JobRecords:
        """Return the long work that people of one council in view asked for."""
        return JobRecords(self.connection, self.in_view(authority))

    def forecasts_of(self, authority: str) -> ForecastRecords:
        """Return the kept forecasts of one council in view."""
        return ForecastRecords(self.connection, self.in_view(authority))

    def analyses_of(self, authority: str) -> AnalysisRecords:
        """Return the analyses of one council in view, and what it writes itself for its report."""
        return AnalysisRecords(self.connection, self.in_view(authority))

    def answers_given_to(self, authority: str, user_id: str) -> AnswersGiven:
        """Return the answers of one council in view that somebody got under idempotency keys."""
        return AnswersGiven(self.connection, self.in_view(authority), user_id)

    def restricted_of(self, authority: str) -> RestrictedRecords:
        """Return the restrictions of one council in view."""
        return RestrictedRecords(self.connection, self.in_view(authority), self.scope.actor)

    def links_of(self, authority: str) -> LinkRecords:
        """Return the links by which one council in view asks providers."""
        return LinkRecords(self.connection, self.in_view(authority), self.scope.actor)

    def children_of(self, authority: str) -> ChildRecords:
        """Return one council's records by child: for its subject-access exports and its retention rules."""
        return ChildRecords(self.connection, self.in_view(authority), self.scope.actor)
