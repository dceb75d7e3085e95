"""What is compared between two records, and the levels of agreement, best first.

A level has a key (its parameters are filed under it in `models/*.json`), a condition on the columns of `prepare` with
`_l` and `_r` for the two records, and words a person reads. The SQL is what DuckDB and Spark both understand.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from iom_analytics.linkage.records import Kind


@dataclass(frozen=True)
class Level:
    """One grade of agreement. `frequency_of` names the column whose commonness weighs: a rare value says more."""

    key: str
    words: str
    condition: str
    frequency_of: str | None = None


@dataclass(frozen=True)
class Comparison:
    """One thing compared, from its best level to "else". Where `missing` holds, it says nothing either way.

    `label` names it in a sentence; `parameters` says under which name the model file has its parameters.
    """

    name: str
    label: str
    columns: tuple[str, ...]
    missing: str
    levels: tuple[Level, ...]
    parameters: str


ELSE = "ELSE"


def missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def same(column: str) -> str:
    return f"{column}_l = {column}_r"


def within(column: str, letters: int) -> str:
    """No more than so many letters to change, add or drop. The lengths are compared first: that is quick."""
    lengths = f"abs(length({column}_l) - length({column}_r)) <= {letters}"
    return f"({lengths} AND levenshtein({column}_l, {column}_r) <= {letters})"


def agree(part: str) -> str:
    """The part, with `{}` for the record, is the same in both."""
    return f"{part.format('l')} = {part.format('r')}"


def either(condition: str) -> str:
    """The condition with `{a}` and `{b}` as the two records, either way round."""
    return f"{condition.format(a='l', b='r')} OR {condition.format(a='r', b='l')}"


def holds(words: str, word: str) -> str:
    """Whether the words (with a space on either side of each) hold the word: a condition for `either`."""
    return f"contains({words}_{{a}}, concat(' ', {word}_{{b}}, ' '))"


GIVEN = Comparison(
    "given",
    "given name",
    ("given", "given_root", "given_forms", "given_known", "given_sound", "names"),
    missing("given"),
    (
        Level("same", "the same", same("given"), frequency_of="given"),
        Level(
            "variant",
            "a short or other form of the same name",
            f"{same('given_root')} OR {either(holds('given_forms', 'given'))}",
        ),
        Level(
            "among",
            "one is among the other's names",
            f"length(given_l) > 1 AND length(given_r) > 1 AND ({either(holds('names', 'given'))})",
        ),
        Level(
            "initial",
            "one is the initial of the other",
            "(length(given_l) = 1 OR length(given_r) = 1) AND substr(given_l, 1, 1) = substr(given_r, 1, 1)",
        ),
        Level("two_names", "two different names", "given_known_l AND given_known_r"),
        Level("slip", "one letter apart", within("given", 1)),
        Level(
            "alike",
            "spelt or sounding alike",
            f"({within('given', 2)} AND length(given_l) > 4 AND length(given_r) > 4) OR {same('given_sound')}",
        ),
        Level("else", "different", ELSE),
    ),
    "given",
)

FAMILY = Comparison(
    "family",
    "family name",
    ("family", "family_sound", "names"),
    missing("family"),
    (
        Level("same", "the same", same("family"), frequency_of="family"),
        Level(
            "among",
            "one is among the other's names",
            either(holds("names", "family")),
        ),
        Level("slip", "one letter apart", within("family", 1)),
        Level(
            "alike",
            "spelt or sounding alike",
            f"({within('family', 2)} AND length(family_l) > 4 AND length(family_r) > 4) OR {same('family_sound')}",
        ),
        Level("else", "different", ELSE),
    ),
    "family",
)

YEAR, MONTH, DAY = ("substr(dob_{}, 1, 4)", "substr(dob_{}, 6, 2)", "substr(dob_{}, 9, 2)")


DOB = Comparison(
    "dob",
    "date of birth",
    ("dob",),
    missing("dob"),
    (
        Level("same", "the same", same("dob"), frequency_of="dob"),
        Level(
            "swapped",
            "day and month changed over",
            f"{agree(YEAR)} AND {MONTH.format('l')} = {DAY.format('r')} AND {DAY.format('l')} = {MONTH.format('r')}",
        ),
        Level("slip", "one digit apart", within("dob", 1)),
        Level(
            "year_only",
            "the same year, one of them given as 1 January",
            f"{agree(YEAR)} AND (substr(dob_l, 6, 5) = '01-01' OR substr(dob_r, 6, 5) = '01-01')",
        ),
        Level(
            "two_parts",
            "two of year, month and day are the same",
            " OR ".join(f"({agree(one)} AND {agree(other)})" for one, other in combinations((YEAR, MONTH, DAY), 2)),
        ),
        Level("near", "two digits apart", within("dob", 2)),
        Level("year", "the same year", agree(YEAR)),
        Level("else", "different", ELSE),
    ),
    "dob",
)

SEX = Comparison(
    "sex",
    "sex",
    ("sex",),
    missing("sex"),
    (Level("same", "the same", same("sex")), Level("else", "different", ELSE)),
    "sex",
)

# What stands before the last three characters: the town and district of a British postcode.
DISTRICT = "substr(postcode_{0}, 1, length(postcode_{0}) - 3)"

POSTCODE = Comparison(
    "postcode",
    "postcode",
    ("postcode",),
    missing("postcode"),
    (
        Level("same", "the same", same("postcode"), frequency_of="postcode"),
        Level("slip", "one character apart", within("postcode", 1)),
        Level(
            "district",
            "in the same district",
            f"length(postcode_l) > 4 AND {agree(DISTRICT)}",
        ),
        Level("area", "in the same area", "substr(postcode_l, 1, 2) = substr(postcode_r, 1, 2)"),
        Level("else", "different", ELSE),
    ),
    "postcode",
)


def identifier(name: str, label: str) -> Comparison:
    return Comparison(
        name,
        label,
        (name,),
        missing(name),
        (Level("same", "the same", same(name)), Level("else", "different", ELSE)),
        name,
    )


IDENTIFIERS = (
    identifier("pnc_id", "PNC ID"),
    identifier("cro", "CRO number"),
    identifier("crn", "probation number"),
    identifier("prison_number", "prison number"),
)


def further(name: str, kind: Kind) -> Comparison:
    """The comparison of a column that is not in the contract."""
    best = Level("same", "the same", same(name), frequency_of=name)
    slip = Level("slip", "one character apart", f"{within(name, 1)} AND length({name}_l) > 3 AND length({name}_r) > 3")
    between: tuple[Level, ...]
    match kind:
        case "number":
            last, before = (f"substr({name}_{{0}}, length({name}_{{0}}) - {place}, 1)" for place in (0, 1))
            turned = f"({last.format('l')} = {before.format('r')} AND {before.format('l')} = {last.format('r')})"
            between = (
                Level("slip", "one character apart", f"{within(name, 1)} AND {agree(last)}"),
                Level(
                    "near",
                    "two characters apart, or turned round",
                    f"{within(name, 2)} AND length({name}_l) > 5 AND ({agree(last)} OR {turned})",
                ),
                # Brothers and sisters are often numbered one after the other.
                Level("next", "apart in the last character", f"{within(name, 2)} AND length({name}_l) > 5"),
            )
        case "email":
            user = f"split_part({name}_{{}}, '@', 1)"
            between = (
                Level("user", "the same before the @", agree(user)),
                Level("near", "up to three characters apart", f"{within(name, 3)}"),
                Level(
                    "near_user",
                    "nearly the same before the @",
                    f"levenshtein({user.format('l')}, {user.format('r')}) <= 2",
                ),
            )
        case "text":
            between = (
                slip,
                Level(
                    "part",
                    "one is part of the other",
                    either(f"contains(concat(' ', {name}_{{a}}, ' '), concat(' ', {name}_{{b}}, ' '))"),
                ),
                Level("near", "spelt alike", f"{within(name, 3)} AND length({name}_l) > 7 AND length({name}_r) > 7"),
            )
    label = name.replace("_", " ")
    return Comparison(name, label, (name,), missing(name), (best, *between, Level("else", "different", ELSE)), kind)


def chosen(columns: Collection[str], also_compare: Mapping[str, Kind]) -> tuple[Comparison, ...]:
    """The comparisons that these columns of `prepare` allow."""
    known = (GIVEN, FAMILY, DOB, SEX, POSTCODE, *IDENTIFIERS)
    return tuple(
        comparison
        for comparison in (*known, *(further(*entry) for entry in also_compare.items()))
        if comparison.columns[0] in columns
    )
