"""The extracts that the agencies send, and their way through the main job."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from iom.config.demonstration.partnership import COUNCIL, POLICE, PRISON, PROBATION, TREATMENT

# Which agency sends the extracts of each folder.
SENDERS = {"police": POLICE, "probation": PROBATION, "prison": PRISON, "treatment": TREATMENT, "council": COUNCIL}


@dataclass(frozen=True)
class SentFile:
    """One extract of the area: where it is, who sends it, and its layout in the contract `records` or an event's."""

    path: Path
    sender: str
    layout: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.path.stem.replace('_', ' ').capitalize()}"


def read_feeds(folder: Path) -> list[SentFile]:
    """The extracts with their layouts. A file of people has two: who they are, and what `persons` adds to it."""
    by_file: dict[Path, dict[str, Any]] = {}
    for layout_file in sorted((folder / "layouts").glob("*.yaml")):
        first_line = layout_file.read_text(encoding="utf-8").splitlines()[0]
        path = folder / first_line.removeprefix("# Reads ").strip()
        layout = yaml.safe_load(layout_file.read_text(encoding="utf-8"))
        by_file.setdefault(path, {})[layout["table"]] = layout
    feeds = []
    for path, layouts in sorted(by_file.items()):
        if "identities" in layouts:
            who, more = layouts["identities"], layouts.get("persons", {"columns": {}, "synonyms": {}})
            added = {name: column for name, column in more["columns"].items() if name in ("ethnicity", "area")}
            synonyms = {**who.get("synonyms", {}), **{k: v for k, v in more.get("synonyms", {}).items() if k in added}}
            layout = {**who, "table": "records", "columns": {**who["columns"], **added}, "synonyms": synonyms}
        else:
            (layout,) = layouts.values()
        feeds.append(SentFile(path, path.parent.name, layout))
    return feeds


def system(agency: Any) -> Any:
    from iom.access.scope import unrestricted

    return unrestricted(
        partnership_id=agency.partnership_id, agency_id=agency.pk, because="the extracts of the demonstration"
    )


def upload(feed: SentFile, *, agencies: dict[str, Any], at: datetime) -> tuple[int, Any]:
    """Adds the feed with its layout and uploads its file, as its agency would."""
    from iom.access.scope import act_in
    from iom.imports import operations as imports
    from iom.imports.adapters import OnDisk

    agency = agencies[SENDERS[feed.sender]]
    by = system(agency)
    with act_in(by):
        made = imports.add_feed(
            agency=agency,
            name=feed.name,
            source=feed.layout["constants"]["source"],
            table=feed.layout["table"],
            by=by,
            at=at,
        )
        imports.save_layout(feed=made, layout=feed.layout, by=by, at=at)
        made.refresh_from_db()
        return imports.upload(feed=made, upload=OnDisk(feed.path), by=by, at=at).pk, agency


def accept(batch_id: int, *, agency: Any, at: datetime) -> None:
    from iom.access.scope import act_in
    from iom.imports import operations as imports

    by = system(agency)
    with act_in(by):
        imports.accept(batch_id=batch_id, by=by, at=at)


def work() -> None:
    """Does what waits in the queue, as a worker does, until nothing waits."""
    from procrastinate.contrib.django import app

    worker = app.with_connector(app.connector.get_worker_connector())
    worker.run_worker(wait=False, queues=["work"], install_signal_handlers=False, listen_notify=False)
