"""What the measures read and what they give: columns, units and traps.

People are `person_id`: a pseudonym, as in the scores. A table keyed by `person_key` is read as such by the command.
"""

from iom_analytics.tables import Column, Table

# In the order of their weight.
START_TYPES = ("custody", "court order", "caution")

PERSON_ID = Column("person_id", "text", "The person's pseudonym", required=True, filled=True)

INDEX = Table(
    "index",
    "One row per start: a release from custody, a court order without custody, or a caution.",
    (
        PERSON_ID,
        Column("start_date", "date", "Day of the release, the order or the caution", required=True, filled=True),
        Column("start_type", "text", "How the person started", codes=START_TYPES, required=True),
        Column("exit_date", "date", "Day the person died or was deported", may_be_future=True),
        Column("exit_reason", "text", "Why: death, deportation"),
        Column(
            "expected_percent",
            "number",
            "Score at the start: how likely a proven reoffence within a year was",
            unit="per cent",
            at_least=0,
            at_most=100,
            trap="OGRS4/G has a figure for one year; ARP has none",
        ),
    ),
)

EVENTS = Table(
    "events",
    "One row per offence dealt with, of any outcome: the definition says which outcomes prove it.",
    (
        PERSON_ID,
        Column("offence_date", "date", "Day it was committed", required=True, trap="Empty: it cannot be placed"),
        Column(
            "sanction_date",
            "date",
            "Day of the conviction or caution",
            required=True,
            filled=True,
            trap="Before the offence_date: one of the two is wrong, and the event is not counted",
        ),
        Column("sanction_type", "text", "Conviction, caution, reprimand, warning, or something else", required=True),
        Column("offence_code", "text", "Home Office offence code, five digits", required=True),
        Column(
            "offence_ref",
            "text",
            "The source's own number of the offence",
            trap="Without it, alike offences of one day dealt with on one day count once, and who is sentenced anew for"
            " an offence on a later day counts twice",
        ),
        Column(
            "disposal",
            "text",
            "Main disposal; 'custody', 'immediate custody', 'imprisonment' and the like are a custodial sentence",
            trap="A conviction with another that is not known here leaves custody empty",
        ),
        Column(
            "custody_days",
            "integer",
            "Length of the custodial sentence",
            unit="days",
            at_least=0,
            trap="Counts where the disposal does not say: a suspended sentence has days too",
        ),
        Column("severity_tier", "integer", "1 indictable only, 2 triable either way, 3 summary", at_least=1, at_most=3),
        Column("outside_england_wales", "yes_no", "Whether committed outside England and Wales"),
        Column("recordable", "yes_no", "Whether the offence is recordable"),
        Column(
            "proactive",
            "yes_no",
            "Whether it came to light only because police looked for it, as drugs in a search",
            trap="It counts what police do. Harm leaves it out, the rate does not",
        ),
    ),
)

CUSTODY = Table(
    "custody_spells",
    "One row per spell in custody: the start is in, the end is out.",
    (
        PERSON_ID,
        Column("start_date", "date", "First day in custody", required=True, filled=True),
        Column("end_date", "date", "Day of release; empty while still inside", required=True, may_be_future=True),
    ),
)

NOT_MATURE = "Empty where the start is not mature"
NO_TIER = "Empty where any reoffence has no known tier: the count would be too low"
NO_DISPOSAL = "Empty if events say no disposals, or that of a conviction is not known"
PROVEN_REOFFENDING = Table(
    "proven_reoffending",
    "The index, row by row, with what followed each start.",
    (
        Column("follow_up_end", "date", "The same day 12 months later: the first day not followed", filled=True),
        Column("proof_end", "date", "The last day on which an offence can be proven, 18 months on", filled=True),
        Column("is_mature", "yes_no", "Whether events are complete to the last day of proof", trap="Empty: not said"),
        Column("exited_in_follow_up", "yes_no", "Whether an exit lies before the end of follow-up", filled=True),
        Column("reoffended", "yes_no", "Whether there is a proven reoffence", trap=NOT_MATURE),
        Column("reoffences", "integer", "Proven reoffences", trap=NOT_MATURE),
        Column("first_reoffence_date", "date", "Day the first of them was committed"),
        Column("days_to_first_reoffence", "integer", "From the start to that day", unit="days"),
        Column("reoffences_tier_1", "integer", "Indictable only, by the events or else the code", trap=NO_TIER),
        Column("reoffences_tier_2", "integer", "Triable either way, likewise", trap=NO_TIER),
        Column("reoffences_tier_3", "integer", "Summary, likewise", trap=NO_TIER),
        Column("reoffences_without_tier", "integer", "Reoffences of which nothing tells the tier"),
        Column("custodial_reoffences", "integer", "With a custodial sentence", trap=NO_DISPOSAL),
        Column("custody_for_reoffence", "yes_no", "Whether there is any", trap=NO_DISPOSAL),
    ),
)

TIME_AT_LIBERTY = Table(
    "time_at_liberty",
    "What time at liberty adds to each start.",
    (
        Column("days_in_custody", "integer", "Days of follow-up inside", unit="days", trap=NOT_MATURE),
        Column("days_at_liberty", "integer", "Days of follow-up not inside, up to a death or deportation", unit="days"),
        Column(
            "reoffences_per_year_at_liberty",
            "number",
            "Reoffences over years (365.25 days) at liberty",
            trap="Empty without a day at liberty. Offences committed inside are in it",
        ),
    ),
)

HARM = Table(
    "harm",
    "What the harm of reoffences adds to each start.",
    (
        Column("is_mature", "yes_no", "Whether events are complete to the last day of proof", trap="Empty: not said"),
        Column("harm_days", "number", "Harm of proven reoffences", unit="days", trap=NOT_MATURE),
        Column("unweighed_reoffences", "integer", "Reoffences that the index does not weigh: no harm is in them"),
        Column("proactive_reoffences", "integer", "Reoffences left out, because police found them by looking"),
    ),
)

COUNTED = Table(
    "counted_after",
    "What arrests or recorded crime add to each start: secondary, and more where people are watched more.",
    (
        Column("counted_what", "text", "What is counted", codes=("arrests", "recorded crime"), filled=True),
        Column("counted", "integer", "In the 12 months from the start", trap="Empty until those are over"),
        Column("is_surveillance_sensitive", "yes_no", "Always yes: it must never be the primary measure", filled=True),
    ),
)

DRUG_TEST_SHARES = Table(
    "drug_test_shares",
    "One row per occasion of testing.",
    (
        Column("occasion", "text", "When in the process", trap="Empty: not said"),
        Column("tests", "integer", "Tests", filled=True),
        Column("people", "integer", "People tested", filled=True),
        Column("positive", "integer", "Positive, nobody disputing it", filled=True),
        Column("negative", "integer", "Negative", filled=True),
        Column("refused", "integer", "Refused", filled=True),
        Column("disputed", "integer", "Disputed", filled=True),
        Column("without_result", "integer", "Without a result", filled=True),
        Column(
            "positive_percent",
            "number",
            "Positive over positive and negative",
            unit="per cent",
            trap="Empty without either. Refusals are in neither",
        ),
        Column("is_selective", "yes_no", "Always yes: who is tested is chosen", filled=True),
    ),
)

SUMMARY = Table(
    "summary",
    "One row per three-month cohort, and one per year that sums its cohorts.",
    (
        Column("kind", "text", "Which", codes=("quarter", "sum of quarters"), filled=True),
        Column("period", "text", "2019 Q1, or 2019/20", filled=True),
        Column("period_start", "date", "First day of the period", filled=True),
        Column("quarters", "integer", "Cohorts in the row", filled=True, trap="A year may have fewer than 4"),
        Column("starts", "integer", "Starts: rows of the index", filled=True),
        Column("people", "integer", "People", trap="Empty in a sum: one person can be in several cohorts"),
        Column("mature_starts", "integer", "Starts whose proof is over; all, where nobody said", filled=True),
        Column("is_mature", "yes_no", "Whether every start is", trap="Empty: nobody said to when events are complete"),
        Column("exits", "integer", "Starts with an exit in follow-up, who stay in the denominator", filled=True),
        Column("reoffenders", "integer", "Starts with a proven reoffence"),
        Column("reoffences", "integer", "Proven reoffences"),
        Column("rate_percent", "number", "Reoffenders over starts", unit="per cent"),
        Column("reoffences_per_start", "number", "Frequency: reoffences over starts"),
        Column("reoffences_per_reoffender", "number", "Reoffences over reoffenders"),
        Column("mean_days_to_first_reoffence", "number", "Of reoffenders", unit="days"),
        *(Column(f"reoffences_tier_{tier}", "integer", f"Of tier {tier}", trap=NO_TIER) for tier in (1, 2, 3)),
        Column("reoffences_without_tier", "integer", "Of no known tier"),
        Column(
            "custody_percent",
            "number",
            "Starts with custody for a reoffence over starts",
            unit="per cent",
            trap="Empty where it is not known of a start",
        ),
        Column("custodial_reoffences", "integer", "Reoffences with a custodial sentence", trap="Likewise"),
        Column("mean_expected_percent", "number", "Mean score", unit="per cent", trap="Empty unless all have a score"),
        Column("adjusted_percent", "number", "rate - (mean score - mean score of the base)", unit="per cent"),
        Column("days_at_liberty", "integer", "Of starts with a day at liberty", unit="days"),
        Column("reoffences_per_year_at_liberty", "number", "Of the same starts, over years at liberty"),
    ),
)
