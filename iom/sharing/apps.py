"""Django's entry for this app."""

from functools import partial

from django.apps import AppConfig
from django.utils.translation import gettext_noop as _

from iom.access.permissions import Permission
from iom.common import registries
from iom.common.registries import (
    AdminPage,
    AttentionSource,
    DisclosureLog,
    FrameSource,
    MergeHandler,
    PersonTab,
    RetainedRecord,
    TransferHandler,
)


class SharingConfig(AppConfig):
    name = "iom.sharing"

    def ready(self) -> None:
        from iom.sharing import privacy
        from iom.sharing.operations import destruction, merging, rights, subject_access
        from iom.sharing.operations import limits as limits_of_people
        from iom.sharing.operations import packages as packing
        from iom.sharing.operations import requests as asking
        from iom.sharing.presenters import audit, equality, limits, requests, retention
        from iom.sharing.presenters import rights as present_rights
        from iom.sharing.presenters import subject_access as present
        from iom.sharing.queries import rights as rights_queries

        privacy.register()
        registries.admin_pages.register(
            AdminPage(
                "audit",
                _("Audit record"),
                _("Who did what, to whom, when and why; who has looked at a person."),
                "sharing-audit",
                Permission.AUDIT_VIEW,
                40,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "looks",
                _("Looks to review"),
                _("Looks at the record that are out of the ordinary, or were drawn at random."),
                "sharing-looks",
                Permission.AUDIT_VIEW,
                50,
            )
        )
        registries.attention_sources.register(AttentionSource("looks", audit.attention, 60))
        registries.admin_pages.register(
            AdminPage(
                "retention",
                _("Retention"),
                _("Records due for review, legal holds, and what was destroyed"),
                "sharing-retention",
                Permission.RETENTION_VIEW,
                60,
            )
        )
        registries.attention_sources.register(AttentionSource("retention", retention.attention, 70))
        registries.merge_handlers.register(MergeHandler("sharing-retention", merging.merge, merging.split, 200))
        for record, app in (("agency", "people"), ("partnership", "cohorts")):
            registries.retained_records.register(
                RetainedRecord(
                    f"sharing-packages-{record}", record, packing.plan_ending, packing.end_of_record, order=190
                )
            )
            registries.retained_records.register(
                RetainedRecord(
                    f"sharing-copies-{record}",
                    record,
                    partial(destruction.plan_copies, app=app),
                    partial(destruction.erase_copies, app=app),
                    order=200,
                )
            )
            registries.retained_records.register(
                RetainedRecord(
                    f"sharing-reasons-{record}",
                    record,
                    partial(destruction.plan_reasons, record=record),
                    partial(destruction.erase_reasons, record=record),
                    order=200,
                )
            )
        registries.admin_pages.register(
            AdminPage(
                "subject-access",
                _("Subject access"),
                _("Record and answer people's requests for their own data, and release answers that others prepared."),
                "sharing-subject-access",
                Permission.SUBJECT_ACCESS_CHECK,
                30,
            )
        )
        registries.attention_sources.register(AttentionSource("subject-access", present.attention, 60))
        registries.merge_handlers.register(
            # Last: what is not the person's any more is seen once all else has followed.
            MergeHandler("subject-access", subject_access.merge, subject_access.split, 900)
        )
        registries.admin_pages.register(
            AdminPage(
                "limited-access",
                _("Limited access"),
                _("People whose whole record is kept from some, or is for some alone."),
                "sharing-limits",
                Permission.LIMITED_ACCESS_CONFIRM,
                34,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "emergency-access",
                _("Emergency access"),
                _("Records that were opened in an emergency, to review, and the month's report."),
                "sharing-emergencies",
                Permission.EMERGENCY_REVIEW,
                36,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "rights",
                _("Rights of the person"),
                _("Requests to put data right, erase, restrict or not use it, or to look at a decision again."),
                "sharing-rights",
                Permission.RIGHTS_DECIDE,
                32,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "equality",
                _("Equality evidence"),
                _("What was looked at for the equality duty, what it showed, and what was decided."),
                "sharing-equality",
                Permission.EQUALITY_VIEW,
                28,
            )
        )
        registries.attention_sources.register(AttentionSource("equality", equality.attention, 67))
        registries.attention_sources.register(AttentionSource("rights", present_rights.attention, 62))
        registries.frame_sources.register(FrameSource("restrictions", present_rights.frame_facts, 210))
        registries.merge_handlers.register(MergeHandler("rights", rights.merge, rights.split, 220))
        registries.person_tabs.register(
            PersonTab("rights", _("Rights"), "sharing-rights-person", Permission.RIGHTS_DECIDE, 90)
        )
        registries.frame_sources.register(FrameSource("limits", limits.frame_facts, 200))
        registries.attention_sources.register(AttentionSource("limits", limits.attention, 50))
        registries.merge_handlers.register(MergeHandler("limits", limits_of_people.merge, limits_of_people.split, 210))
        registries.person_tabs.register(
            PersonTab("limits", _("Limited access"), "sharing-limited", Permission.LIMITED_ACCESS_PLACE, 95)
        )
        registries.person_tabs.register(
            PersonTab("sharing", _("Sharing"), "sharing-person", Permission.REQUEST_ASK, 90)
        )
        registries.attention_sources.register(AttentionSource("requests", requests.attention, 30))
        registries.merge_handlers.register(MergeHandler("requests", asking.merge, asking.split, 220))
        registries.transfer_handlers.register(TransferHandler("disclosures", asking.log_transfer))
        registries.disclosure_logs.register(
            DisclosureLog("disclosures", asking.log_given, rights_queries.asked_not_to_use)
        )
        registries.attention_sources.register(AttentionSource("handed-over", requests.handed_over, 45))
        registries.attention_sources.register(AttentionSource("packages", requests.package_attention, 55))
        registries.merge_handlers.register(MergeHandler("packages", packing.merge, packing.split, 230))
        registries.admin_pages.register(
            AdminPage(
                "packages",
                _("Packages for others"),
                _("What your agency gives to somebody outside the partnership."),
                "sharing-packages",
                Permission.PACKAGE_MAKE,
                33,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "contact",
                _("How others ask your agency"),
                _("Whom they ask, and whether they are told that your agency holds something."),
                "sharing-contact",
                Permission.AGREEMENT_MANAGE,
                31,
            )
        )
        registries.admin_pages.register(
            AdminPage(
                "disclosures",
                _("Disclosures"),
                _("What your agency gave to others on request, and what it received."),
                "sharing-disclosures",
                Permission.DISCLOSURE_VIEW,
                32,
            )
        )
