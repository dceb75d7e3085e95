from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "iom.config"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset

        from iom.config.sign_in import end_other_sessions

        for changed in (authenticator_added, authenticator_removed, authenticator_reset):
            changed.connect(end_other_sessions, dispatch_uid="iom.config.end_other_sessions")
