"""Django's entry for this app."""

from django.apps import AppConfig

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import NavigationItem


class HomeConfig(AppConfig):
    name = "iom.home"

    def ready(self) -> None:
        registries.navigation.register(NavigationItem("today", "Today", "today", Permission.TODAY_VIEW, 10))
