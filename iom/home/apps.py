"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage, AttentionSource, NavigationItem


class HomeConfig(AppConfig):
    name = "iom.home"

    def ready(self) -> None:
        from iom.home import presenters, privacy

        privacy.register()
        registries.attention_sources.register(AttentionSource("drafts", presenters.attention, 10))
        registries.admin_pages.register(
            AdminPage(
                "permissions",
                gettext_noop("Roles and permissions"),
                gettext_noop("What each role may do, and how far it reaches."),
                "permissions",
                Permission.USERS_VIEW,
                90,
            )
        )
        registries.navigation.register(NavigationItem("today", "Today", "today", Permission.TODAY_VIEW, 10))
        registries.navigation.register(NavigationItem("admin", "Admin", "admin", Permission.ADMIN_VIEW, 90))
