"""Files of records, whatever their columns are called, as one table that linkage can read.

A column map says which column of the file is which column of the contract; without one, names that partners commonly
use are recognised (`data/columns.yaml`). Nothing is cleaned here: every value stays the text it was.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import ibis
import yaml
from ibis.expr.types import StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.errors import DefinitionError, InputError
from iom_analytics.tables.identities import IDENTITIES

Kind = Literal["text", "email", "number"]
KINDS: tuple[Kind, ...] = ("text", "email", "number")

CONTRACT = IDENTITIES.column_names
EVIDENCE = tuple(name for name in CONTRACT if name not in ("source", "source_id"))
FULL_NAME = "full_name"
"""Not of the contract: it becomes given and family name where they are missing, and another name where they are not."""
TRUTH = "truth"
TRUTH_PATTERN = r"^rec-([0-9]+)-(?:org|dup-[0-9]+)$"
"""How Febrl numbers a record and its duplicates: what the brackets hold is the person."""


@dataclass(frozen=True)
class ColumnMap:
    """Which column of a file is what. `columns` maps the contract's column to the file's; `also_compare` names further
    columns of the file to compare, each with what it holds; `truth_pattern` finds the person in the truth column.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    also_compare: Mapping[str, Kind] | None = None
    truth_pattern: str | None = None


def read_column_map(path: Path) -> ColumnMap:
    """The column map in a YAML file: `contract_column: file_column`, and optionally `also_compare`, `truth_pattern`."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DefinitionError(path.name, f"cannot be read as YAML ({error})") from error
    if not isinstance(content, dict):
        raise DefinitionError(path.name, "must map contract columns to file columns")
    content = dict(content)
    also_compare = _also_compare(content.pop("also_compare", None), path.name)
    truth_pattern = content.pop("truth_pattern", None)
    if truth_pattern is not None:
        _check_pattern(truth_pattern, path.name)
    allowed = (*CONTRACT, FULL_NAME)
    for contract_column, file_column in content.items():
        if contract_column not in allowed:
            raise DefinitionError(path.name, f"'{contract_column}' is not one of {', '.join(allowed)}")
        if not isinstance(file_column, str):
            raise DefinitionError(path.name, f"'{contract_column}' must name one column of the file")
    return ColumnMap(content, also_compare, truth_pattern)


def _also_compare(listed: Any, definition: str) -> dict[str, Kind] | None:
    """A list of column names, or a mapping of column name to kind."""
    if listed is None:
        return None
    if isinstance(listed, list):
        listed = {str(name): known_kinds().get(as_header(str(name)), "text") for name in listed}
    if not isinstance(listed, dict):
        raise DefinitionError(definition, "also_compare must be a list of columns")
    for name, kind in listed.items():
        if kind not in KINDS:
            raise DefinitionError(definition, f"also_compare: '{name}' is '{kind}', not one of {', '.join(KINDS)}")
    return listed


def _check_pattern(pattern: Any, definition: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except (re.error, TypeError) as error:
        raise DefinitionError(definition, f"truth_pattern is not a regular expression ({error})") from error
    if groups != 1:
        raise DefinitionError(definition, "truth_pattern must hold exactly one group in brackets: the person")


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Contract column -> the headers it is recognised by, the contract's own name first."""
    listed = _columns_file()["contract"]
    return {name: (name, *listed.get(name, ())) for name in (*CONTRACT, FULL_NAME)}


@cache
def known_kinds() -> dict[str, Kind]:
    """Header -> what the column holds, for the further columns that are compared unasked."""
    return {header: kind for kind, headers in _columns_file()["also_compare"].items() for header in headers}


@cache
def _columns_file() -> dict[str, Any]:
    text = (files("iom_analytics.linkage") / "data" / "columns.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def as_header(name: str) -> str:
    """A column name as the list of synonyms writes it."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


@dataclass(frozen=True)
class Records:
    """The records of all files in one table, every column text.

    `table` has the contract's columns that were found, a column per entry of `also_compare` (header -> kind), and
    `truth` where it was asked for. `recognised` says per file which of its columns was read as what.
    """

    table: IbisTable
    also_compare: Mapping[str, Kind]
    recognised: Mapping[str, Mapping[str, str]]


def read_records(
    engine: Engine, paths: Sequence[Path], *, column_map: ColumnMap | None = None, truth: str | None = None
) -> Records:
    """The records of these CSV or Parquet files, one source per file unless a file names its sources itself.

    Raises InputError where a file is missing, empty, has no number for its records or nothing to compare them by.
    """
    column_map = column_map or ColumnMap()
    parts, kinds, recognised = [], dict[str, Kind](), {}
    for path, source in zip(paths, _source_names(paths), strict=True):
        if not path.exists():
            raise InputError(f"{path}: there is no such file")
        part, part_kinds, found = _one_file(engine, path, source, column_map, truth)
        parts.append(part)
        kinds.update(part_kinds)
        recognised[path.name] = found
    columns = [name for name in (*CONTRACT, *kinds, TRUTH) if any(name in part.columns for part in parts)]
    alike = [
        part.select(**{name: part[name] if name in part.columns else ibis.null("string") for name in columns})
        for part in parts
    ]
    return Records(ibis.union(*alike), kinds, recognised)


def _one_file(
    engine: Engine, path: Path, source: str, column_map: ColumnMap, truth: str | None
) -> tuple[IbisTable, dict[str, Kind], dict[str, str]]:
    table = engine.read(path, as_text=True)
    table = table.select(**{name: table[name].strip().nullif("") for name in table.columns})
    by_header: dict[str, str] = {as_header(name): name for name in table.columns}

    def column(name: str) -> str:
        if (header := as_header(name)) not in by_header:
            raise InputError(f"{path.name} has no column '{name}'. It has: {', '.join(table.columns)}")
        return by_header[header]

    truth_column = column(truth) if truth else None
    found = {contract: column(name) for contract, name in column_map.columns.items()}
    for contract, headers in synonyms().items():
        free = [by_header[header] for header in headers if header in by_header]
        free = [
            name for name in free if name not in found.values() and (name != truth_column or contract == "source_id")
        ]
        if contract not in found and free:
            found[contract] = free[0]
    if column_map.also_compare is not None:
        also = {as_header(name): (column(name), kind) for name, kind in column_map.also_compare.items()}
    else:
        also = {
            header: (name, known_kinds()[header])
            for header, name in by_header.items()
            if header in known_kinds() and name not in (*found.values(), truth_column)
        }
    also = {(f"{header}_also" if header in (*CONTRACT, TRUTH) else header): value for header, value in also.items()}
    if not any(name in found for name in (*EVIDENCE, FULL_NAME)) and not also:
        raise InputError(
            f"{path.name} has no column to compare people by. It has: {', '.join(table.columns)}. "
            "Name its columns in a column map (--columns)."
        )
    chosen: dict[str, Any] = {name: table[found[name]] for name in CONTRACT if name in found}
    chosen |= _names(table, found)
    chosen |= {header: table[name] for header, (name, _) in also.items()}
    chosen["source"] = chosen["source"].fill_null(source) if "source" in chosen else ibis.literal(source)
    if "source_id" not in chosen:
        if not engine.keeps_row_order:
            raise InputError(
                f"{path.name} has no column that numbers its records. Name one in a column map: source_id."
            )
        chosen["source_id"] = (ibis.row_number().over() + 1).cast("string")
    if truth_column:
        chosen[TRUTH] = true_person(table[truth_column], column_map.truth_pattern or TRUTH_PATTERN)
    return table.select(**chosen), {header: kind for header, (_, kind) in also.items()}, found


def _names(table: IbisTable, found: Mapping[str, str]) -> dict[str, StringValue]:
    """What a full name adds: the two names where neither is in the file, else one more name the person goes by."""
    if FULL_NAME not in found:
        return {}
    full = table[found[FULL_NAME]]
    if "given_names" not in found and "family_name" not in found:
        last_first = full.contains(",")
        parts = full.re_split("[ ,]+")
        return {
            "given_names": last_first.ifelse(
                full.re_extract("^[^,]*, *(.*)$", 1), full.re_extract("^(.*) [^ ]+$", 1)
            ).nullif(""),
            "family_name": last_first.ifelse(full.re_extract("^([^,]*),", 1), parts[parts.length() - 1]).nullif(""),
        }
    if "aliases" in found:
        aliases = table[found["aliases"]]
        return {"aliases": ibis.coalesce(aliases + ";" + full, aliases, full)}
    return {"aliases": full}


def true_person(column: StringValue, pattern: str) -> StringValue:
    """The person a truth value names: what the pattern's group holds, or the value itself where it does not match."""
    return ibis.coalesce(column.re_extract(pattern, 1).nullif(""), column)


def _source_names(paths: Sequence[Path]) -> list[str]:
    """The files' names without suffix; where two are the same, numbered."""
    stems = [path.stem for path in paths]
    return [f"{stem}_{number}" if stems.count(stem) > 1 else stem for number, stem in enumerate(stems, start=1)]
