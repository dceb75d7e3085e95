"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage


class PartnershipsConfig(AppConfig):
    name = "iom.partnerships"

    def ready(self) -> None:
        from iom.partnerships import privacy

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "tokens",
                _("Other systems"),
                _("Tokens by which other systems take answers for an agency: made, shown once, revoked."),
                "partnerships-tokens",
                Permission.USERS_MANAGE,
                80,
            )
        )
