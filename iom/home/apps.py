"""Django's entry for this app."""

from django.apps import AppConfig

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AttentionSource, NavigationItem


class HomeConfig(AppConfig):
    name = "iom.home"

    def ready(self) -> None:
        from iom.home import presenters, privacy

        privacy.register()
        registries.attention_sources.register(AttentionSource("drafts", presenters.attention, 10))
        registries.navigation.register(NavigationItem("today", "Today", "today", Permission.TODAY_VIEW, 10))
        registries.navigation.register(NavigationItem("admin", "Admin", "admin", Permission.ADMIN_VIEW, 90))
