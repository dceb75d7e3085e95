"""What happens in a place, whoever did it: recorded crime, so that a scheme can be designed from the place.

Columns and crime types: the crime file that police forces send to the Ministry of Justice's electronic monitoring crime
matching service (`ministryofjustice/hmpps-electronic-monitoring-crime-matching-api`, `CrimeType` and the columns of its
CSV), so that the same file can be sent here. Its free text, which may name people, and its batch number are not taken.
"""

from iom_analytics.tables.contract import Column, Table

ACQUISITIVE_CRIMES = {
    "RB": "robbery",
    "BIAD": "burglary in a dwelling",
    "AB": "aggravated burglary",
    "BOTD": "burglary in a building other than a dwelling",
    "TOMV": "theft of a vehicle",
    "TFP": "theft from the person of another",
    "TFMV": "theft from vehicle",
}

RECORDED_CRIMES = Table(
    "recorded_crimes",
    "One row per recorded acquisitive crime in the area. About places, not people: nobody is accused.",
    (
        Column("force", "text", "Police force that recorded it", required=True, filled=True),
        Column("crime_ref", "text", "The force's crime reference", required=True, filled=True),
        Column(
            "crime_type",
            "text",
            "Type: " + "; ".join(f"{code} {meaning}" for code, meaning in ACQUISITIVE_CRIMES.items()),
            required=True,
            filled=True,
            codes=tuple(ACQUISITIVE_CRIMES),
            synonyms={meaning: code for code, meaning in ACQUISITIVE_CRIMES.items()},
        ),
        Column("from_time", "time", "Earliest it can have happened", required=True, filled=True),
        Column(
            "to_time",
            "time",
            "Latest it can have happened; the same as the earliest where the moment is known",
            trap="Hours or days after the earliest where nobody was there: never take either for the moment",
        ),
        Column("easting", "number", "British National Grid easting", unit="metres", at_least=0, at_most=700_000),
        Column("northing", "number", "British National Grid northing", unit="metres", at_least=0, at_most=1_300_000),
        Column("latitude", "number", "Latitude (WGS 84)", unit="degrees", at_least=49, at_most=61),
        Column("longitude", "number", "Longitude (WGS 84)", unit="degrees", at_least=-9, at_most=2),
        Column("area", "text", "Community safety partnership or local authority district"),
    ),
    key=("force", "crime_ref"),
    in_order=(("from_time", "to_time"),),
    happened="from_time",
)
