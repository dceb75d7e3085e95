"""Django's entry for this app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "iom.agreements"
