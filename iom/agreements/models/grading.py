"""What graded intelligence carries besides its marking."""

from django.db import models
from django.db.models import Q

from iom.agreements.choices import Audience
from iom.agreements.choices.grading import Handling, InformationAssessment, SourceEvaluation, in_words
from iom.agreements.rules.grading import WITH_CONDITIONS, has_conditions

# What may be shared with conditions only is never open to all partners.
BOUND = ~Q(handling_code__in=WITH_CONDITIONS) | ~Q(audience=Audience.PARTNERS)


class Graded(models.Model):
    """The grading of a marked record that is intelligence, empty where its sender gave none. Never the source."""

    source_evaluation = models.CharField(max_length=1, choices=SourceEvaluation.choices, blank=True, default="")
    information_assessment = models.CharField(
        max_length=1, choices=InformationAssessment.choices, blank=True, default=""
    )
    handling_code = models.CharField(max_length=1, choices=Handling.choices, blank=True, default="")

    class Meta:
        abstract = True

    @property
    def grading(self) -> str:
        """As it is written on a report: 2BC; empty where it was not graded."""
        return f"{self.source_evaluation}{self.information_assessment}{self.handling_code}"

    @property
    def grading_words(self) -> list[str]:
        return in_words(self.source_evaluation, self.information_assessment, self.handling_code)

    @property
    def has_conditions(self) -> bool:
        return has_conditions(self.handling_code)
