"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage, AttentionSource, MergeHandler, RetainedRecord


class SharingConfig(AppConfig):
    name = "iom.sharing"

    def ready(self) -> None:
        from iom.sharing import privacy
        from iom.sharing.operations import destruction, merging
        from iom.sharing.presenters import retention

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "retention",
                _("Retention"),
                _("Records due for review, legal holds, and what was destroyed"),
                "sharing-retention",
                Permission.RETENTION_VIEW,
                40,
            )
        )
        registries.attention_sources.register(AttentionSource("retention", retention.attention, 60))
        registries.merge_handlers.register(MergeHandler("sharing-retention", merging.merge, merging.split, 200))
        for record in ("agency", "partnership"):
            registries.retained_records.register(
                RetainedRecord(
                    f"sharing-reasons-{record}", record, destruction.plan_reasons, destruction.erase_reasons, order=200
                )
            )
