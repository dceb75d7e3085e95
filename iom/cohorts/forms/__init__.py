"""What people type, turned into typed values. Whether it may be done is for `rules`."""

from iom.cohorts.forms.draws import EntrantsForm, MakeDrawForm, OpenDrawForm
from iom.cohorts.forms.lists import CandidateFilterForm, MemberFilterForm, NominationFilterForm
from iom.cohorts.forms.members import DeselectForm, LeadForm, RagForm, ReviewForm
from iom.cohorts.forms.nominations import IntelligenceForm, NominateForm, ReturnForm, TransferForm, WithdrawForm
from iom.cohorts.forms.panel import DecisionForm, ToldForm
from iom.cohorts.forms.schemes import ActivateForm, AdoptForm, VersionForm

__all__ = [
    "ActivateForm",
    "AdoptForm",
    "CandidateFilterForm",
    "DecisionForm",
    "DeselectForm",
    "EntrantsForm",
    "IntelligenceForm",
    "LeadForm",
    "MakeDrawForm",
    "MemberFilterForm",
    "NominateForm",
    "NominationFilterForm",
    "OpenDrawForm",
    "RagForm",
    "ReturnForm",
    "ReviewForm",
    "ToldForm",
    "TransferForm",
    "VersionForm",
    "WithdrawForm",
]
