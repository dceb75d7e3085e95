"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AttentionSource, NavigationItem, RetainedRecord


class OutcomesConfig(AppConfig):
    name = "iom.outcomes"

    def ready(self) -> None:
        from iom.outcomes import privacy
        from iom.outcomes.operations import erasing
        from iom.outcomes.presenters import notices

        privacy.register()
        registries.navigation.register(
            NavigationItem("outcomes", _("Outcomes"), "outcomes", Permission.OUTCOMES_VIEW, 50)
        )
        registries.attention_sources.register(AttentionSource("outcomes", notices.attention, 60))
        registries.retained_records.register(
            RetainedRecord("outcomes", "agency", erasing.plan, erasing.erase, order=10)
        )
