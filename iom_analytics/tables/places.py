"""What happens in a place, whoever did it: recorded crime and how many people suffered it.

Three things can say what a crime is, from fine to coarse, and one at least must: the Home Office offence code, the
group of offences that histories and schemes count by, or the category that police.uk publishes. A sender fills the
finest it has, and nothing is guessed downwards: a burglary of police.uk has no code and no group. Whoever counts reads
upwards, since a code has one group and a group one category (`history.recorded_crimes`).
"""

from iom_analytics import reference
from iom_analytics.tables.contract import Column, Table

_GROUPS = reference.offence_groups()
OFFENCE_GROUPS: tuple[str, ...] = tuple(_GROUPS["offence_group"].to_pylist())
_NAMES = dict(zip(OFFENCE_GROUPS, _GROUPS["name"].to_pylist(), strict=True))
CRIME_TYPES: tuple[str, ...] = tuple(sorted(set(_GROUPS["police_uk_category"].to_pylist())))

# What police.uk's interface calls its categories, where that is not the category with hyphens.
_SLUGS = {
    "criminal-damage-arson": "Criminal damage and arson",
    "violent-crime": "Violence and sexual offences",
}

AREA = "Community safety partnership or local authority district"
# "Harrowmere 012A": the name of a small area begins with its district's.
SMALL_AREA = r" [0-9]{3}[A-Z]"

CRIME_TYPE = Column(
    "crime_type",
    "text",
    "Category of police.uk",
    codes=CRIME_TYPES,
    synonyms={category.lower().replace(" ", "-"): category for category in CRIME_TYPES} | _SLUGS,
    trap="Coarse: a burglary may be of a home or not. Anti-social behaviour is no crime, and is not taken",
)

RECORDED_CRIMES = Table(
    "recorded_crimes",
    "One row per recorded crime. About places, not people: nobody is accused, and no victim is named.",
    (
        Column(
            "crime_ref",
            "text",
            "The force's crime reference",
            required=True,
            filled=True,
            trap="It tells a crime that comes again, with more known about it, from another one",
        ),
        Column("offence_code", "text", "Home Office offence code, where it is known", offence=True),
        Column(
            "offence_group",
            "text",
            "Group of offences, where there is no code",
            codes=OFFENCE_GROUPS,
            synonyms={name.lower(): group for group, name in _NAMES.items()},
        ),
        CRIME_TYPE,
        Column("area", "text", AREA, ending=SMALL_AREA, trap="Empty: the force could not place it"),
        Column(
            "from_time",
            "time",
            "Earliest it can have happened; a month alone is its first moment",
            required=True,
            filled=True,
            month="first",
        ),
        Column(
            "to_time",
            "time",
            "Latest it can have happened; a month alone is its last second",
            month="last",
            trap="Hours or days after the earliest where nobody was there: never take either for the moment. Empty: not"
            " said, or the same as the earliest",
        ),
        Column(
            "victim_pseudonym",
            "text",
            "A number or digest that the sender made for the victim, to tell who suffered again",
            pseudonym=True,
            trap="Never a name. Empty: no person suffered it, or nobody said who",
        ),
        Column("force", "text", "Police force that recorded it"),
        Column("easting", "number", "British National Grid easting", unit="metres", at_least=0, at_most=700_000),
        Column("northing", "number", "British National Grid northing", unit="metres", at_least=0, at_most=1_300_000),
        Column(
            "latitude",
            "number",
            "Latitude (WGS 84)",
            unit="degrees",
            at_least=49,
            at_most=61,
            trap="In files of police.uk the middle of the nearest of a list of places, never where it happened",
        ),
        Column("longitude", "number", "Longitude (WGS 84)", unit="degrees", at_least=-9, at_most=2),
    ),
    key=("crime_ref",),
    in_order=(("from_time", "to_time"),),
    happened="from_time",
    any_of=(("offence_code", "offence_group", "crime_type"),),
)

VICTIMS = Table(
    "victims",
    "One row per area, month and type of crime: how many people suffered it. Counts only, never who.",
    (
        Column("area", "text", AREA, required=True, filled=True, ending=SMALL_AREA),
        Column("month", "date", "First day of the month of the crimes", required=True, filled=True, month="first"),
        Column(
            CRIME_TYPE.name,
            "text",
            CRIME_TYPE.meaning,
            required=True,
            filled=True,
            codes=CRIME_TYPE.codes,
            synonyms=CRIME_TYPE.synonyms,
        ),
        Column(
            "victims",
            "integer",
            "People who suffered such a crime in the month",
            required=True,
            filled=True,
            at_least=0,
            trap="Whoever suffers in two months is in both: a sum of months is no count of people",
        ),
        Column(
            "repeat_victims",
            "integer",
            "Of them, people who had suffered such a crime in the 12 months before, or twice in this one",
            at_least=0,
        ),
    ),
    key=("area", "month", "crime_type"),
    part_of=(("repeat_victims", "victims"),),
)
