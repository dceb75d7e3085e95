"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import AdminPage, AttentionSource


class AgreementsConfig(AppConfig):
    name = "iom.agreements"

    def ready(self) -> None:
        from iom.agreements import privacy
        from iom.agreements.presenters import impact_assessments, sharing_agreements

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "agreements",
                _("Sharing agreements"),
                _("Which agencies agreed to share what, by which law, until when."),
                "agreements",
                Permission.AGREEMENT_VIEW,
                22,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "gateways",
                _("Gateways"),
                _("What sharing can rest on in law, within which limits."),
                "agreements-gateways",
                Permission.AGREEMENT_VIEW,
                24,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "impact-assessments",
                _("Impact assessments"),
                _("The register of data protection impact assessments."),
                "agreements-assessments",
                Permission.AGREEMENT_VIEW,
                26,
            )
        )
        registries.attention_sources.register(AttentionSource("agreements", sharing_agreements.attention, 65))
        registries.attention_sources.register(AttentionSource("impact-assessments", impact_assessments.attention, 66))
