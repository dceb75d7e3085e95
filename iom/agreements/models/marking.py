"""What every record about a person carries: whose it is, under which law, how marked, and who may see it."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.access.scope import Scope
from iom.agreements.choices import Audience, Marking
from iom.partnerships.choices import Regime
from iom.partnerships.models import Agency, Partnership


def visible(scope: Scope) -> Q:
    """The rows a scope may see: its partnership's, shared with all partners, or with its agency, or its own.

    The same rule as the row-level policy `iom.access.policies.IN_AUDIENCE`; a test keeps them equal.
    """
    if scope.because:
        return Q(partnership_id=scope.partnership_id)
    return Q(partnership_id=scope.partnership_id) & (
        Q(audience=Audience.PARTNERS)
        | Q(owner_agency_id=scope.agency_id)
        | Q(audience=Audience.LISTED, audience_agencies__contains=[scope.agency_id])
    )


class MarkedQuerySet(models.QuerySet[Any]):
    def visible_to(self, scope: Scope) -> Self:
        return self.filter(visible(scope))


class Marked(models.Model):
    """The marking of a record about a person. Every table about a person has these columns from its first migration.

    The two keys have no index of their own: few values over many rows, so no query could use one, and every import
    would pay for it. A table that is read by partnership names it first in an index of its own. Nor are they checked
    against their tables row by row: the row-level policy does (docs/adr/0006).
    """

    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    owner_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    regime = models.CharField(max_length=16, choices=Regime.choices)
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL_SENSITIVE)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    audience_agencies = ArrayField(models.IntegerField(), default=list, blank=True)

    class Meta:
        abstract = True
