"""How one partner's file maps to a contract, as data that can be saved per agency.

A layout says which file column fills which contract column, what is the same on every row, in which order dates are
written and what the sender's own codes mean. `suggest_mapping` proposes the columns from the file's header.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from iom_analytics.errors import DefinitionError, InputError
from iom_analytics.tables.contract import Column, Table

DateOrder = Literal["dmy", "mdy"]


@dataclass(frozen=True)
class Layout:
    """How a file of one feed fills `table`.

    `columns` maps a contract column to the file column that fills it, or to several that are joined (given names from
    forename 1 and 2). `constants` fills a contract column with one value on every row (`source`). `date_order` reads
    dates written in numbers, and `synonyms` maps the sender's codes, in any case, to the contract's (None: not known),
    on top of those the contract knows. `encoding`, `delimiter` and `sheet` are found where they are None. `header`
    names the columns of a text file that has no line of names.
    """

    table: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder = "dmy"
    synonyms: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    header_line: int = 1
    sheet: str | None = None
    header: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        both = set(self.columns) & set(self.constants)
        if both:
            raise DefinitionError("layout", f"{listed(both)}: give a file column or a constant, not both")
        wrong = {
            "date_order is dmy or mdy": self.date_order not in ("dmy", "mdy"),
            "delimiter is one character, and no quotation mark or line end": self.delimiter is not None
            and (not isinstance(self.delimiter, str) or len(self.delimiter) != 1 or self.delimiter in '"\r\n'),
            "header_line is a whole number from 1": not isinstance(self.header_line, int) or self.header_line < 1,
            "header is a list of names": self.header is not None
            and not (isinstance(self.header, tuple) and all(isinstance(name, str) for name in self.header)),
            "constants are text: write numbers in quotation marks": not all(
                isinstance(value, str) for value in self.constants.values()
            ),
            "synonyms map text to text, for each column": not all(
                isinstance(codes, Mapping) and all(isinstance(sent, str) for sent in codes)
                for codes in self.synonyms.values()
            ),
        }
        for rule, is_broken in wrong.items():
            if is_broken:
                raise DefinitionError("layout", rule)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any], *, name: str = "layout") -> "Layout":
        """The layout that `as_dict` wrote. Raises DefinitionError where it does not hold together."""
        unknown = set(saved) - set(cls.__dataclass_fields__)
        if unknown:
            raise DefinitionError(name, f"does not know {listed(unknown)}")
        if not isinstance(saved.get("table"), str) or not isinstance(saved.get("columns"), Mapping):
            raise DefinitionError(name, "needs 'table' (a name) and 'columns' (contract column: file column)")
        header = saved.get("header")
        more = {"header": tuple(header)} if isinstance(header, list) else {}
        return cls(**{**saved, **more, "columns": column_map(saved["columns"], name=name)})

    def as_dict(self) -> dict[str, Any]:
        """The layout as plain dictionaries, lists and text: what JSON and YAML can hold."""
        return {
            "table": self.table,
            "columns": {name: sent[0] if len(sent) == 1 else list(sent) for name, sent in self.columns.items()},
            "constants": dict(self.constants),
            "date_order": self.date_order,
            "synonyms": {name: dict(codes) for name, codes in self.synonyms.items()},
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header_line": self.header_line,
            "sheet": self.sheet,
            **({} if self.header is None else {"header": list(self.header)}),
        }

    def column_of(self, name: str) -> str:
        """The file's name for a contract column; empty where a constant fills it."""
        return " + ".join(self.columns.get(name, ()))

    def check(self, contract: Table, header: Iterable[str]) -> None:
        """Raises InputError where the layout does not fit the contract or the file's header; names all of it."""
        header = tuple(header)
        known = set(contract.column_names)
        used = {*self.columns, *self.constants, *self.synonyms}
        wrong = []
        if used - known:
            wrong.append(f"the table '{contract.name}' has no column {listed(used - known)}")
        absent = {sent for several in self.columns.values() for sent in several} - set(header)
        if absent:
            wrong.append(f"the file has no column {listed(absent)} (it has {listed(header, in_order=True)})")
        unfilled = [c.name for c in contract.columns if c.required and c.name not in {*self.columns, *self.constants}]
        if unfilled:
            wrong.append(f"nothing fills {listed(unfilled)}, which '{contract.name}' needs")
        for several in contract.any_of:
            if not {*several} & {*self.columns, *self.constants}:
                wrong.append(f"nothing fills any of {listed(several)}, of which '{contract.name}' needs one")
        for name, codes in self.synonyms.items():
            allowed = {*(contract.column(name).codes or ()), None} if name in known else set()
            odd = {str(code) for code in set(codes.values()) - allowed} if name in known else set()
            if odd:
                wrong.append(f"{name} has no code {listed(odd)}")
        if wrong:
            raise InputError("The columns do not fit: " + "; ".join(wrong) + ".")


def column_map(columns: Mapping[str, Any], *, name: str = "columns") -> dict[str, tuple[str, ...]]:
    """Contract column -> file columns, from a mapping whose values are a name or a list of names."""
    found: dict[str, tuple[str, ...]] = {}
    for contract_column, sent in columns.items():
        several = [sent] if isinstance(sent, str) else sent
        if not isinstance(several, list | tuple) or not several or not all(isinstance(one, str) for one in several):
            raise DefinitionError(name, f"{contract_column}: give a file column, or a list of them")
        found[str(contract_column)] = tuple(several)
    return found


def listed(names: Iterable[str], *, in_order: bool = False) -> str:
    return ", ".join(f"'{name}'" for name in (names if in_order else sorted(names)))


# Names that partners' systems give to the same thing, after `plain`. The contract's own names need no entry.
NAMES: dict[str, tuple[str, ...]] = {
    "source_id": ("id", "record id", "person id", "nominal ref", "nominal id", "offender id", "unique ref", "urn"),
    "given_names": ("forename", "forenames", "first name", "first names", "given name", "christian name", "forename 1"),
    "family_name": ("surname", "last name", "family", "second name"),
    "aliases": ("alias", "alias names", "other names", "aka", "also known as"),
    "date_of_birth": ("dob", "birth date", "birthdate", "d o b", "born"),
    "sex": ("gender", "sex code", "gender code"),
    "postcode": ("post code", "home postcode", "last known postcode", "address postcode"),
    "pnc_id": ("pnc", "pncid", "pnc number", "pnc no"),
    "cro": ("cro number", "cro no", "cro id"),
    "crn": ("case reference number", "case ref", "delius crn", "ndelius crn"),
    "prison_number": (
        "noms",
        "noms number",
        "noms no",
        "noms id",
        "nomis",
        "nomis number",
        "prison no",
        "prisoner number",
    ),
    "ethnicity": ("ethnic group", "self defined ethnicity", "sde", "ethnic appearance self defined", "ethnic origin"),
    "area": ("csp", "community safety partnership", "local authority", "district", "lad"),
    "sanction_date": ("conviction date", "date of conviction", "sentence date", "disposal date", "date of sanction"),
    "sanction_type": ("outcome type", "type of sanction", "adjudication"),
    "offence_code": ("ho code", "home office code", "ho offence code", "home office offence code", "offence ho code"),
    "offence_date": ("date of offence", "offence start date", "committed date", "date committed"),
    "disposal": ("sentence", "sentence type", "main disposal", "disposal type"),
    "custody_days": ("sentence days", "sentence length days", "custodial days", "custody length days"),
    "release_date": ("date of release", "released", "released on", "actual release date"),
    "court": ("court name", "sentencing court"),
    "arrest_date": ("date of arrest", "arrested on", "date arrested"),
    "domestic_abuse": ("da flag", "domestic abuse flag", "dv flag", "da", "domestic violence"),
    "victim_ref": ("victim id", "victim", "victim pseudonym"),
    "start_date": ("reception date", "date received", "received", "date from", "registered on", "registration date"),
    "end_date": ("release date", "date released", "date to", "deregistration date", "removed on"),
    "prison": ("establishment", "prison code", "agency location"),
    "kind": ("type", "custody type", "legal status"),
    "test_date": ("date of test", "tested on", "date tested"),
    "occasion": ("test type", "stage"),
    "result": ("test result", "outcome"),
    "opiates": ("opiate", "heroin", "opiates positive"),
    "cocaine": ("crack", "crack cocaine", "cocaine positive"),
    "required_assessment": ("ra imposed", "required assessment imposed"),
    "assessment_attended": ("ra attended", "attended", "attended and remained"),
    "assessment_date": ("date of assessment", "completed date", "date completed"),
    "register": ("register code", "registration type", "flag"),
    "level": ("category", "register level"),
    "month": ("period", "month starting"),
    "force": ("police force", "force area", "reported by"),
    "crime_ref": ("crime reference", "crime number", "crime no", "crime id"),
    "offence_group": ("ho offence group", "offence type"),
    "crime_type": ("type of crime", "crime category"),
    "victim_pseudonym": ("victim id", "victim ref", "victim reference"),
    "victims": ("number of victims", "victim count"),
    "repeat_victims": ("number of repeat victims", "repeat victim count"),
    "wave": ("survey wave", "survey"),
    "wave_start": ("fieldwork start", "fieldwork from"),
    "wave_end": ("fieldwork end", "fieldwork to"),
    "question": ("measure", "item", "indicator"),
    "percent": ("per cent", "estimate", "weighted per cent", "weighted percent", "weighted estimate"),
    "effective_sample": ("effective sample size", "effective base", "neff", "n eff"),
    "sample": ("base", "unweighted base", "interviews", "sample size"),
    "design_effect": ("deff",),
    "from_time": ("date from", "from", "occurred from", "crime date time from", "start date time"),
    "to_time": ("date to", "to", "occurred to", "crime date time to", "end date time"),
    "latitude": ("lat",),
    "longitude": ("lon", "long", "lng"),
    "reports": ("count", "number of reports", "intelligence reports"),
    "source_evaluation": ("source grading", "source grade", "evaluation of source"),
    "information_assessment": ("intelligence assessment", "information grading", "assessment of information"),
    "handling_code": ("handling", "dissemination code"),
}


def plain(name: str) -> str:
    """A column name in small letters and single spaces, without punctuation: 'DATE_OF-Birth ' is 'date of birth'."""
    spaced = "".join(
        f" {letter}" if letter.isupper() and before.islower() else letter
        for before, letter in zip(" " + name, name, strict=False)
    )
    return " ".join("".join(letter if letter.isalnum() else " " for letter in spaced.lower()).split())


def suggest_mapping(header: Iterable[str], contract: Table) -> dict[str, str]:
    """Contract column -> the file column that seems to fill it, for a person to confirm.

    A file column is suggested once: where it bears the contract's own name, else a name partners use for it (`NAMES`).
    What is not recognised is left out.
    """
    free: dict[str, str] = {}
    for sent in header:
        free.setdefault(plain(sent), sent)
    found: dict[str, str] = {}
    for names in (own_name, other_names):
        for column in contract.columns:
            match = next((name for name in names(column) if name in free), None)
            if column.name not in found and match is not None:
                found[column.name] = free.pop(match)
    return {name: found[name] for name in contract.column_names if name in found}


def own_name(column: Column) -> tuple[str, ...]:
    return (plain(column.name),)


def other_names(column: Column) -> tuple[str, ...]:
    return NAMES.get(column.name, ())
