"""What a career history holds: its columns, their meaning and their traps."""

from iom_analytics import reference
from iom_analytics.tables import Column, Table

OFFENCE_GROUPS = tuple(reference.offence_groups()["offence_group"].to_pylist())
NAMES = dict(zip(OFFENCE_GROUPS, (str(name) for name in reference.offence_groups()["name"].to_pylist()), strict=True))

CAREER_HISTORY = Table(
    "career_history",
    "One row per person and date: the person's career as it was known on that date.",
    (
        Column("person_key", "text", "The person", required=True, filled=True),
        Column("on", "date", "The date the history is of", required=True, filled=True),
        Column("age", "integer", "Age on the date", unit="completed years"),
        Column("age_months", "integer", "Age on the date", unit="completed months"),
        Column("sanctions", "integer", "Sanction occasions: distinct dates of convictions and cautions", filled=True),
        Column("violent_sanctions", "integer", "Occasions with at least one violent offence", filled=True),
        Column("convictions", "integer", "Occasions with at least one conviction", filled=True),
        Column("offences", "integer", "Offences sanctioned", filled=True),
        Column("first_sanction_date", "date", "Day of the first sanction"),
        Column("age_at_first_sanction", "integer", "Age at the first sanction", unit="completed years"),
        Column("last_sanction_date", "date", "Day of the last sanction"),
        Column("months_since_last_sanction", "integer", "Since the last sanction", unit="completed months"),
        Column("date_of_conviction", "date", "Day of the last conviction", trap="Empty for who has only cautions"),
        Column(
            "offence_code",
            "text",
            "Principal offence of the last conviction: heaviest disposal, longest custody, most harm, lowest code",
        ),
        Column("offence_group", "text", "Offence group of that offence", codes=OFFENCE_GROUPS),
        Column("follow_up_start", "date", "The last conviction, or a later release; the date itself while in custody"),
        Column(
            "career_years",
            "integer",
            "Age at the last sanction less age at the first",
            unit="completed years",
            trap="Empty without a date of birth",
        ),
        Column("copas_rate", "number", "ln(sanctions / (10 + career_years)), the form OGRS3 uses"),
        Column("sanctions_12m", "integer", "Sanction occasions in the last 12 months", filled=True),
        Column("violent_sanctions_12m", "integer", "Violent occasions in the last 12 months", filled=True),
        Column("harm", "number", "Crime harm of all offences sanctioned", unit="days", filled=True),
        Column("harm_12m", "number", "Crime harm of the last 12 months", unit="days", filled=True),
        Column("unweighed_12m", "integer", "Offences of the last 12 months that the harm index does not weigh"),
        *(
            Column(
                f"offences_12m_{group}", "integer", f"{name}: offences sanctioned in the last 12 months", filled=True
            )
            for group, name in NAMES.items()
        ),
        Column("in_custody", "yes_no", "Whether in custody on the date", trap="Empty where nothing tells of custody"),
        Column("last_release_date", "date", "The last release from custody by the date"),
        Column("days_at_liberty_12m", "integer", "Days of the last 12 months not in custody", unit="days"),
        Column("days_at_liberty_24m", "integer", "Days of the last 24 months not in custody", unit="days"),
        Column(
            "offence_free_months",
            "integer",
            "Since the later of the last sanction and the last release; 0 in custody",
            unit="completed months",
            trap="Empty for who was never sanctioned",
        ),
        Column(
            "prolific",
            "yes_no",
            "Prolific as the Ministry of Justice defines it: 10 to 17 with 4 sanctions, 18 to 20 with 8, "
            "21 and over with 16 of which 8 at 21 or over",
            trap="Empty without a date of birth",
        ),
    ),
    key=("person_key", "on"),
)
