"""Django's entry for this app."""

from django.apps import AppConfig

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AttentionSource, NavigationItem, PersonTab, RetainedRecord, TimelineSource


class PeopleConfig(AppConfig):
    name = "iom.people"

    def ready(self) -> None:
        from iom.people import privacy
        from iom.people.operations import erasing
        from iom.people.presenters import history, matches
        from iom.people.queries import retention

        privacy.register()
        registries.navigation.register(
            NavigationItem("people", "People", "people-search", Permission.PERSON_SEARCH, 20)
        )
        for name, text, order in (
            ("overview", "Overview", 10),
            ("offending", "Offending", 30),
            ("timeline", "Timeline", 80),
            ("index-history", "Index history", 95),
        ):
            url_name = "people-person" if name == "overview" else f"people-{name}"
            registries.person_tabs.register(PersonTab(name, text, url_name, Permission.PERSON_VIEW, order))
        registries.timeline_sources.register(TimelineSource("people", history.own_entries, 10))
        registries.attention_sources.register(AttentionSource("people", matches.attention, 20))
        registries.retained_records.register(
            RetainedRecord("people", "agency", erasing.plan, erasing.erase, retention.held, 50)
        )
