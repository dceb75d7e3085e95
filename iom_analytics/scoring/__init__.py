"""How likely is reoffending? OGRS3, OGRS4/G and /V, ARP, VRP and SVRP, for one person or a whole force.

`score_person` gives one person's score with its working: every named term. `score_people` gives the scores of a whole
table, on DuckDB or Spark. The two are held equal by a generative test. Coefficients are data files, each row with its
source. Where official sources disagree, and what was chosen, is in docs/explanation/scores.md.
A score may rank; a person decides.
"""

from iom_analytics.scoring.bands import Band
from iom_analytics.scoring.codes import Code, Error
from iom_analytics.scoring.inputs import DYNAMIC, INPUTS, STATIC, Input, Inputs, read
from iom_analytics.scoring.people import score_force, score_people
from iom_analytics.scoring.person import score_person
from iom_analytics.scoring.predictors import PREDICTORS, Edition, Predictor, predictor
from iom_analytics.scoring.score import Outcome, Score, Term

__all__ = [
    "DYNAMIC",
    "INPUTS",
    "PREDICTORS",
    "STATIC",
    "Band",
    "Code",
    "Edition",
    "Error",
    "Input",
    "Inputs",
    "Outcome",
    "Predictor",
    "Score",
    "Term",
    "predictor",
    "read",
    "score_force",
    "score_people",
    "score_person",
]
