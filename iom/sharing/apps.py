"""Django's entry for this app."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    name = "iom.sharing"
