"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage, AttentionSource, MergeHandler


class SharingConfig(AppConfig):
    name = "iom.sharing"

    def ready(self) -> None:
        from iom.sharing import privacy
        from iom.sharing.operations import subject_access
        from iom.sharing.presenters import subject_access as present

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "subject-access",
                _("Subject access"),
                _("Record and answer people's requests for their own data, and release answers that others prepared."),
                "sharing-subject-access",
                Permission.SUBJECT_ACCESS_CHECK,
                30,
            )
        )
        registries.attention_sources.register(AttentionSource("subject-access", present.attention, 60))
        registries.merge_handlers.register(
            MergeHandler("subject-access", subject_access.merge, subject_access.split, 60)
        )
