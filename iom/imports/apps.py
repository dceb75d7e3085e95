"""Django's entry for this app."""

from django.apps import AppConfig

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AgreementUse, AttentionSource, NavigationItem


class ImportsConfig(AppConfig):
    name = "iom.imports"

    def ready(self) -> None:
        from iom.imports import presenters, privacy

        registries.navigation.register(NavigationItem("imports", "Imports", "imports", Permission.IMPORT_VIEW, 80))
        registries.attention_sources.register(AttentionSource("imports", presenters.attention))
        registries.agreement_uses.register(AgreementUse("imports", presenters.stopped))
        privacy.register()
