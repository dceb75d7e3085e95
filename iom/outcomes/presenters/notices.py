"""What outcomes has to say on the Today page."""

from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.registries import Attention
from iom.outcomes import queries
from iom.outcomes.choices import StudyState


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """Comparisons to be looked at, alarms, what is to be read before it leaves: nothing of it is about one person."""
    if person_id is not None:
        return []
    items: list[Attention] = []
    if scope.allows(Permission.OUTCOMES_ASK):
        items += [
            Attention(
                text=_("Comparison to be looked at: %(title)s") % {"title": study.title},
                url=reverse("outcomes-study", args=[study.pk]),
                on=timezone.localdate(study.registered_at) if study.registered_at else None,
                kind=_("Outcomes"),
            )
            for study in queries.list_studies(scope=scope, states=[StudyState.DESIGNED])
        ]
        items += [
            Attention(
                text=_("A watch raised an alarm: %(title)s") % {"title": watch.title},
                url=reverse("outcomes-watch", args=[watch.pk]),
                on=told,
                kind=_("Outcomes"),
            )
            for watch, told in queries.alarms(scope=scope)
        ]
    if scope.allows(Permission.OUTCOMES_RELEASE):
        items += [
            Attention(
                text=_("Report to be read before it leaves: %(title)s") % {"title": release.study.title},
                url=reverse("outcomes-release", args=[release.pk]),
                on=timezone.localdate(release.asked_at),
                kind=_("Outcomes"),
            )
            for release in queries.releases_asked(scope=scope)
        ]
        items += [
            Attention(
                text=_("File for the Justice Data Lab to be decided on: %(title)s") % {"title": export.study.title},
                url=reverse("outcomes-decide-data-lab", args=[export.pk]),
                on=timezone.localdate(export.asked_at),
                kind=_("Outcomes"),
            )
            for export in queries.data_lab_asked(scope=scope)
        ]
    return items
