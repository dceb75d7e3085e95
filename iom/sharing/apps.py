"""Django's entry for this app."""

from django.apps import AppConfig

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage, AttentionSource


class SharingConfig(AppConfig):
    name = "iom.sharing"

    def ready(self) -> None:
        from django.utils.translation import gettext_noop as noop

        from iom.sharing import privacy
        from iom.sharing.presenters import audit

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "audit",
                noop("Audit record"),
                noop("Who did what, to whom, when and why; who has looked at a person."),
                "sharing-audit",
                Permission.AUDIT_VIEW,
                40,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "reviews",
                noop("Looks to review"),
                noop("Looks at the record that are out of the ordinary, or were drawn at random."),
                "sharing-reviews",
                Permission.AUDIT_VIEW,
                50,
            )
        )
        registries.attention_sources.register(AttentionSource("reviews", audit.attention, 60))
