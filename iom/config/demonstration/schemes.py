"""The schemes that the partnership adopts, their rankings, and what it noted of how fair they are."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from iom.config.demonstration.partnership import scopes

# The schemes the partnership adopts; the first is the one its panel works with.
SCHEMES = ("neighbourhood-crime", "drug-interventions", "domestic-abuse")


def schemes() -> list[Any]:
    from iom.access.scope import act_in
    from iom.cohorts import queries

    scope = scopes()["analyst"]
    with act_in(scope):
        return list(queries.list_schemes(scope=scope))


def scheme_called(slug: str) -> Any:
    return next(each for each in schemes() if each.slug == slug)


def propose(name: str, *, by: Any, at: datetime) -> None:
    from importlib import resources

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts

    text = (resources.files("iom_analytics.cohorts") / "schemes" / f"{name}.yaml").read_text(encoding="utf-8")
    with act_in(by):
        version = cohorts.adopt(text=text, by=by, at=at)
        cohorts.propose(version=version, by=by, at=at)


def activate(scheme: Any, *, by: Any, at: datetime) -> None:
    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries

    with act_in(by):
        (version,) = queries.list_versions(scheme=scheme, scope=by)
        reason = "Agreed by the board; the fairness report was read and accepted."
        cohorts.activate(version=version, reason=reason, by=by, at=at)


def start_ranking(scheme: Any, *, by: Any, at: datetime) -> None:
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts

    with act_in(by):
        cohorts.start_ranking(scheme=scheme, on=timezone.localdate(at), by=by, at=at)


def log_equality(by: Any, *, at: datetime) -> None:
    """Two entries of the equality evidence log: one that is soon to be looked at again, and one that was corrected."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.sharing.operations import equality
    from iom.sharing.operations.equality import Entered
    from iom.sharing.queries import equality as queries

    today = timezone.localdate(at)
    with act_in(by):
        figures = next(each for each in queries.list_figures(scope=by) if each.version is not None)
        assert figures.version is not None
        selection = Entered(
            subject="selection",
            title=f"Who comes above the capacity line under {figures.version.scheme.name}",
            looked_on=today,
            aims=["eliminate"],
            characteristics=["age", "race", "sex"],
            evidence="figures",
            source="The figures of the latest ranking, on record with it.",
            figures_key=figures.key,
            showed="Rates by sex, age and ethnicity, with how sure each is. Small groups cannot be told apart.",
            decided="The panel reads the figures before it meets, and records why it selects. The weights stay.",
            decided_by="IOM board",
            decided_on=today,
            review_on=today + timedelta(days=45),
        )
        equality.record(entered=selection, by=by, at=at)
        meetings = replace(
            selection,
            subject="practice",
            title="When and where people are seen",
            aims=["advance"],
            characteristics=["disability", "sex"],
            evidence="survey",
            source="Survey of members and their families, partnership office, file 4.",
            figures_key="",
            showed="Morning appointments clash with school hours and with medication.",
            decided="Appointments are offered in the afternoon and at home.",
            review_on=today + timedelta(days=180),
        )
        first = equality.record(entered=meetings, by=by, at=at)
        equality.correct(
            equality_id=first.pk,
            entered=replace(meetings, characteristics=["disability", "pregnancy", "sex"]),
            correction="Pregnancy was asked about as well, and had been left out.",
            by=by,
            at=at,
        )
