"""Django's entry for this app."""

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    name = "iom.partnerships"

    def ready(self) -> None:
        from iom.partnerships import privacy

        privacy.register()
