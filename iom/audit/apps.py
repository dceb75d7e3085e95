"""Django's entry for this app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "iom.audit"

    def ready(self) -> None:
        from iom.audit import privacy

        privacy.register()
