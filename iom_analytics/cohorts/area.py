"""What a place suffers from, beside what a scheme gives points for: a scheme is designed from the place."""

from datetime import date

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.cohorts.scheme import Scheme
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import Records, complete, known_offences, months_before
from iom_analytics.tables import PERSONS

RECORDED = ("area", "month", "crime_type", "crimes")


def area_profile(
    engine: Engine,
    records: Records,
    *,
    on: date,
    months: int = 12,
    scheme: Scheme | None = None,
    recorded_crime: IbisTable | None = None,
) -> IbisTable:
    """One row per area and type of crime (police.uk category): offending, harm and recorded crime, beside the points.

    `area`, `crime_type`; of people who live there, in the last `months`: `people` sanctioned, `offences` sanctioned and
    `harm` in days, with `share_of_offences` and `share_of_harm` (per cent of the area's); `recorded_crimes` and
    `share_of_recorded`, empty without `recorded_crime` (`area, month, crime_type, crimes`; month is its first day);
    `most_points` the scheme can give for such offences, and `share_of_points`. The people who offend in an area and
    those who live in it are not the same: two views, neither the whole. Counts are not suppressed: this is for use
    inside the partnership.
    """
    types = sorted(set(reference.offence_groups()["police_uk_category"].to_pylist()))
    homes = complete(records.persons, PERSONS).select("person_key", area=ibis._.area.fill_null("Not known"))
    groups = engine.from_arrow(
        reference.offence_groups().select(["offence_group", "police_uk_category"]), "offence_groups"
    ).rename(crime_type="police_uk_category")
    offences = known_offences(engine, records.sanctions, on=on)
    offences = offences.filter(offences.sanction_date > months_before(on, months))
    offences = offences.inner_join(homes, "person_key").inner_join(groups, "offence_group")
    counted = offences.group_by("area", "crime_type").aggregate(
        people=offences.person_key.nunique(), offences=offences.count(), harm=offences.harm_days.sum()
    )
    areas = homes.select("area").distinct()
    if recorded_crime is not None:
        recorded = recorded_counts(recorded_crime, on=on, months=months)
        areas = areas.union(recorded.select("area").distinct(), distinct=True)
    weights = engine.from_arrow(scheme_weights(scheme, types), "weights")
    profile = areas.cross_join(weights)
    profile = beside(profile, counted)
    profile = profile.mutate(
        people=profile.people.fill_null(0), offences=profile.offences.fill_null(0), harm=profile.harm.fill_null(0.0)
    )
    if recorded_crime is None:
        profile = profile.mutate(recorded_crimes=ibis.null("int64"))
    else:
        profile = beside(profile, recorded)
        profile = profile.mutate(recorded_crimes=profile.recorded_crimes.fill_null(0))
    of_area = ibis.window(group_by="area")
    shares = {
        "share_of_offences": "offences",
        "share_of_harm": "harm",
        "share_of_recorded": "recorded_crimes",
        "share_of_points": "most_points",
    }
    profile = profile.mutate(
        **{
            share: (100.0 * profile[column] / profile[column].sum().over(of_area).nullif(0)).round(1)
            for share, column in shares.items()
        }
    )
    return profile.select(
        "area",
        "crime_type",
        "people",
        "offences",
        "share_of_offences",
        "harm",
        "share_of_harm",
        "recorded_crimes",
        "share_of_recorded",
        "most_points",
        "share_of_points",
    )


def recorded_counts(recorded_crime: IbisTable, *, on: date, months: int) -> IbisTable:
    """`area`, `crime_type`, `recorded_crimes` of the months that began in the window."""
    missing = [name for name in RECORDED if name not in recorded_crime.columns]
    if missing:
        raise InputError(f"The table of recorded crime lacks {', '.join(missing)}; it needs {', '.join(RECORDED)}.")
    month = recorded_crime.month.cast("date")
    rows = recorded_crime.filter((month <= on) & (month > months_before(on, months)))
    return rows.group_by("area", "crime_type").aggregate(recorded_crimes=rows.crimes.sum().cast("int64"))


def scheme_weights(scheme: Scheme | None, types: list[str]) -> pa.Table:
    """`crime_type` and the `most_points` of the scheme's components that count offence groups of that type."""
    category = dict(
        zip(
            reference.offence_groups()["offence_group"].to_pylist(),
            reference.offence_groups()["police_uk_category"].to_pylist(),
            strict=True,
        )
    )
    points = dict.fromkeys(types, 0.0)
    for component in () if scheme is None else scheme.components:
        for name in {category[group] for group in component.use.given.get("groups", ())}:
            points[name] += component.most_points
    values = [None if scheme is None else value for value in points.values()]
    return pa.table({"crime_type": list(points), "most_points": pa.array(values, pa.float64())})


def beside(profile: IbisTable, part: IbisTable) -> IbisTable:
    joined = profile.left_join(part, ["area", "crime_type"], rname="part_{name}")
    return joined.drop("part_area", "part_crime_type")
