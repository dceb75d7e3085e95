"""Feeds: what an agency sends, and how its files are laid out."""

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.choices import Descriptor, Marking
from iom.agreements.queries import default_marking
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotAllowed
from iom.imports import adapters
from iom.imports.models import Feed
from iom.partnerships.models import Agency


@transaction.atomic
def add_feed(
    *,
    agency: Agency,
    name: str,
    source: str,
    table: str,
    audience: str = "",
    descriptor: str = "",
    by: Scope,
    at: datetime,
) -> Feed:
    """A feed of the actor's own agency, marked as its sharing agreement says; `audience` chooses another audience.

    Without an agreement in force its rows would stay the agency's own. `source` names the partner's system: records
    and events meet by it. So a system belongs to one agency: by another's name for it, its records could be
    overwritten and asked about.
    """
    check_own(agency_id=agency.pk, by=by)
    if Feed.objects.filter(partnership_id=agency.partnership_id, source=source).exclude(agency=agency).exists():
        message = "Another agency sends from a system of this name. Enter another name for yours."
        raise InvalidInput(message, {"source": message})
    if Feed.objects.filter(agency=agency, name=name).exists():
        raise InvalidInput("There is already a feed of this name.", {"name": "Enter another name for the feed"})
    marking, agreed = default_marking(agency=agency, kind=table, scope=by, on=localdate(at))
    if descriptor not in ("", *Descriptor.values) or (descriptor and marking != Marking.OFFICIAL_SENSITIVE):
        message = "Select none: the agreement marks these rows OFFICIAL." if descriptor else "Select a descriptor"
        raise InvalidInput(message, {"descriptor": message})
    feed = Feed.objects.create(
        partnership_id=agency.partnership_id,
        agency=agency,
        name=name,
        source=source,
        table=adapters.contract(table).name,
        marking=marking,
        audience=audience or agreed,
        descriptor=descriptor,
        drop_name=f"{slugify(agency.name)[:50]}-{slugify(name)[:50]}-{secrets.token_hex(4)}",
    )
    audit.record(
        by=by, at=at, kind=Kind.COLLECTION, action="imports.add_feed", subject_type="imports.Feed", subject_id=feed.pk
    )
    return feed


@transaction.atomic
def save_layout(*, feed: Feed, layout: dict[str, Any], by: Scope, at: datetime) -> Feed:
    """Saves how the feed's files map, once for all files to come. Raises `InvalidInput` where it does not fit."""
    check_own(agency_id=feed.agency_id, by=by)
    adapters.check_layout(layout, table=feed.table)
    feed = Feed.objects.select_for_update().get(pk=feed.pk)
    feed.layout = layout
    feed.save(update_fields=["layout"])
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="imports.save_layout",
        subject_type="imports.Feed",
        subject_id=feed.pk,
        fields=layout["columns"],
    )
    return feed


def check_own(*, agency_id: int, by: Scope) -> None:
    """An agency's feeds and files are dealt with by its own people."""
    by.check(Permission.IMPORT_MANAGE)
    if agency_id != by.agency_id:
        raise NotAllowed("This feed belongs to another agency. Ask somebody there to deal with it.")
