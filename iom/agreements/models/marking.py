"""What every record about a person carries: whose it is, under which law, how marked, and who may see it."""

from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.access.scope import Scope
from iom.agreements.choices import Audience, Descriptor, Marking
from iom.partnerships.choices import Regime
from iom.partnerships.models import Agency, Partnership


def visible(scope: Scope, *paths: str, opens: bool = False) -> Q:
    """The rows a scope may see: its partnership's, shared with all partners, or with its agency, or its own.

    `paths` lead to the people a row is about: it is kept from who is shut out from any of them (limited access), and,
    where its table `opens`, shown to whom one of them is opened (emergency access). The same rules as the row-level
    policies of `iom.access.policies`; tests keep them equal.
    """
    partnership = Q(partnership_id=scope.partnership_id)
    if scope.because:
        return partnership
    seen = (
        Q(audience=Audience.PARTNERS)
        | Q(owner_agency_id=scope.agency_id)
        | Q(audience=Audience.LISTED, audience_agencies__contains=[scope.agency_id])
    )
    if opens and scope.opened:
        for path in paths:
            seen |= Q(**{f"{path}__in": scope.people_opened})
    if scope.shut_out:
        for path in paths:
            seen &= ~Q(**{f"{path}__in": scope.people_shut_out})
    return partnership & seen


# Only OFFICIAL-SENSITIVE says why it is sensitive.
DESCRIBED = Q(descriptor="") | Q(marking=Marking.OFFICIAL_SENSITIVE)


class MarkedQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        model = self.model
        return self.filter(visible(scope, *model.about_people, opens=model.opens_in_emergency))


class Marked(models.Model):
    """The marking of a record about a person. Every table about a person has these columns from its first migration.

    `about_people` are the paths to the people a row is about; `opens_in_emergency` says whether emergency access to one
    of them lets the row be read.

    The two keys have no index of their own: few values over many rows, so no query could use one, and every import
    would pay for it. A table that is read by partnership names it first in an index of its own. Nor are they checked
    against their tables row by row: the row-level policy does (docs/adr/0006).
    """

    about_people: ClassVar[tuple[str, ...]] = ("person",)
    opens_in_emergency: ClassVar[bool] = False

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    regime = models.CharField(max_length=16, choices=Regime.choices)
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL_SENSITIVE)
    descriptor = models.CharField(max_length=12, choices=Descriptor.choices, blank=True, default="")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    audience_agencies = ArrayField(models.IntegerField(), default=list, blank=True)

    class Meta:
        abstract = True

    @property
    def marked_as(self) -> str:
        """The marking as it is written on a page or a paper."""
        return f"{Marking(self.marking).label} {Descriptor(self.descriptor).label if self.descriptor else ''}".strip()
