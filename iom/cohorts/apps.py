"""Django's entry for this app."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import (
    AttentionSource,
    FrameSource,
    MergeHandler,
    NavigationItem,
    PersonTab,
    RetainedRecord,
    TimelineSource,
)


class CohortsConfig(AppConfig):
    name = "iom.cohorts"

    def ready(self) -> None:
        from iom.cohorts import privacy
        from iom.cohorts.operations import erasing, merging
        from iom.cohorts.presenters import notices
        from iom.cohorts.queries import retention

        privacy.register()
        registries.navigation.register(NavigationItem("cohort", _("Cohort"), "cohort", Permission.COHORT_VIEW, 30))
        registries.person_tabs.register(PersonTab("cohort", _("Cohort"), "cohorts-person", Permission.COHORT_VIEW, 55))
        registries.person_tabs.register(
            PersonTab("scores", _("Risk and scores"), "cohorts-scores", Permission.PERSON_SCORES_VIEW, 60)
        )
        registries.frame_sources.register(FrameSource("cohorts", notices.frame_facts))
        registries.attention_sources.register(AttentionSource("cohorts", notices.attention, 40))
        registries.timeline_sources.register(TimelineSource("cohorts", notices.timeline, 40))
        registries.merge_handlers.register(MergeHandler("cohorts", merging.merge, merging.split))
        registries.retained_records.register(
            RetainedRecord("cohorts", "partnership", erasing.plan, erasing.erase, retention.held)
        )
        registries.retained_records.register(
            RetainedRecord("cohorts-ranks", "agency", erasing.plan_ranks, erasing.erase_ranks)
        )
