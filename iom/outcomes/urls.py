"""Addresses of outcomes."""

from django.urls import path

from iom.outcomes.views import board, charts, data_lab, fairness, money, releases, studies, watches, wizard

urlpatterns = [
    path("outcomes/", board.board, name="outcomes"),
    path("outcomes/work-out", board.work_out, name="outcomes-work-out"),
    path("outcomes/board/<int:figures_id>/crime-<int:width>.svg", charts.crime, name="outcomes-crime-chart"),
    path("outcomes/fairness", fairness.fairness, name="outcomes-fairness"),
    path("outcomes/fairness/work-out", fairness.work_out, name="outcomes-work-out-fairness"),
    path("outcomes/fairness/<int:evidence_id>", fairness.of_day, name="outcomes-fairness-of-day"),
    path("outcomes/board/<int:figures_id>/areas-<int:width>.svg", charts.areas, name="outcomes-areas-chart"),
    path("outcomes/questions/", studies.listed, name="outcomes-studies"),
    path("outcomes/questions/new", wizard.begin, name="outcomes-begin"),
    path("outcomes/questions/<int:study_id>", studies.study, name="outcomes-study"),
    path("outcomes/questions/<int:study_id>/<slug:chart>-<int:width>.svg", charts.of_study, name="outcomes-chart"),
    path("outcomes/questions/<int:study_id>/who", wizard.who, name="outcomes-who"),
    path("outcomes/questions/<int:study_id>/comparison", wizard.comparison, name="outcomes-comparison"),
    path("outcomes/questions/<int:study_id>/measures", wizard.measures, name="outcomes-measures"),
    path("outcomes/questions/<int:study_id>/check", wizard.check, name="outcomes-check"),
    path("outcomes/questions/<int:study_id>/accept", studies.accept, name="outcomes-accept"),
    path("outcomes/questions/<int:study_id>/again", studies.again, name="outcomes-again"),
    path("outcomes/questions/<int:study_id>/withdraw", studies.withdraw, name="outcomes-withdraw"),
    path("outcomes/questions/<int:study_id>/release", releases.ask, name="outcomes-ask-release"),
    path("outcomes/questions/<int:study_id>/money", money.money, name="outcomes-money"),
    path("outcomes/questions/<int:study_id>/costs", money.costs, name="outcomes-costs"),
    path("outcomes/releases/<int:release_id>", releases.release, name="outcomes-release"),
    path("outcomes/releases/<int:release_id>/decide", releases.decide, name="outcomes-decide-release"),
    path("outcomes/releases/<int:release_id>/report.<str:kind>", releases.take, name="outcomes-report"),
    path("outcomes/questions/<int:study_id>/data-lab", data_lab.ask, name="outcomes-ask-data-lab"),
    path("outcomes/data-lab/<int:export_id>", data_lab.export, name="outcomes-data-lab"),
    path("outcomes/data-lab/<int:export_id>/decide", data_lab.decide, name="outcomes-decide-data-lab"),
    path("outcomes/data-lab/<int:export_id>/take", data_lab.take, name="outcomes-take-data-lab"),
    path("outcomes/watches/", watches.listed, name="outcomes-watches"),
    path("outcomes/watches/new", watches.new, name="outcomes-new-watch"),
    path("outcomes/watches/<int:watch_id>", watches.watch, name="outcomes-watch"),
    path("outcomes/watches/<int:watch_id>/work-out", watches.work_out, name="outcomes-work-out-watch"),
    path("outcomes/watches/<int:watch_id>/end", watches.end, name="outcomes-end-watch"),
    path("outcomes/watches/results/<int:result_id>/watch-<int:width>.svg", watches.chart, name="outcomes-watch-chart"),
]
