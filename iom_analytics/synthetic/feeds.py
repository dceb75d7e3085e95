"""The agencies' feeds: how each writes its file, and the layout that says how to read it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import yaml

from iom_analytics.synthetic.settings import data_file
from iom_analytics.tables import EVENTS, PERSONS, Layout, Table, by_source, column_map
from iom_analytics.tables.identities import IDENTITIES

CONTRACTS = {IDENTITIES.name: IDENTITIES, **{table.name: by_source(table) for table in (PERSONS, *EVENTS)}}


@dataclass(frozen=True)
class Feed:
    """One file of one agency. `columns` maps a contract column to the file's column or columns; `codes` a contract
    column to what the agency writes for each code; `more` names columns of the file that no contract asks for."""

    name: str
    file: str
    table: str
    source: str
    encoding: str
    delimiter: str
    dates: str
    columns: Mapping[str, str | list[str]]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    capitals: bool = False
    yes_no: tuple[str, str] = ("Y", "N")

    def layouts(self) -> dict[str, Layout]:
        """Contract -> the layout that reads this file for it.

        A file of identities is also a file of persons, where it holds ethnicity or area.
        """
        found = {self.table: self.layout(CONTRACTS[self.table])}
        if self.table == IDENTITIES.name and {"ethnicity", "area"} & set(self.columns):
            found[PERSONS.name] = self.layout(CONTRACTS[PERSONS.name])
        return found

    def layout(self, contract: Table) -> Layout:
        names = set(contract.column_names)
        return Layout(
            table=contract.name,
            columns=column_map({name: sent for name, sent in self.columns.items() if name in names}, name=self.name),
            constants={"source": self.source},
            synonyms={
                name: {written.lower(): code for code, written in codes.items()}
                for name, codes in self.codes.items()
                if name in names
            },
            encoding=self.encoding,
            delimiter=self.delimiter,
        )


@cache
def feeds() -> tuple[Feed, ...]:
    """Every feed of the area, in the order of `data/feeds.yaml`."""
    return tuple(Feed(name=name, **each) for name, each in yaml.safe_load(data_file("feeds.yaml")).items())
