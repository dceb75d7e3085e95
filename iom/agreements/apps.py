"""Django's entry for this app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "iom.agreements"

    def ready(self) -> None:
        from iom.agreements import privacy

        privacy.register()
