from django.urls import path

from indicators.views import compare, figure, framework, goal, indicator, results

urlpatterns = [
    path("framework/", framework.framework_page, name="framework"),
    path("compare/", compare.compare_page, name="compare"),
    path("indicators/<slug:slug>/", indicator.indicator_page, name="indicator"),
    path("indicators/<slug:slug>/history/", indicator.indicator_history, name="indicator_history"),
    path("indicators/<slug:slug>/charts/<slug:kind>.<slug:ending>", indicator.indicator_chart, name="indicator_chart"),
    path("indicators/<slug:slug>/figures/<path:key>/", figure.figure_page, name="figure"),
    path("sdgs/", goal.goal_list, name="sdgs"),
    path("sdgs/<int:number>/", goal.goal_page, name="goal"),
    path("sdgs/<int:number>/charts/<slug:kind>.<slug:ending>", goal.goal_chart, name="goal_chart"),
    path("results/", results.results_page, name="results"),
    path("results/charts/<slug:kind>.<slug:ending>", results.results_chart, name="results_chart"),
    path("results.csv", results.results_csv, name="results_csv"),
    path("results.xlsx", results.results_xlsx, name="results_xlsx"),
    path("results.json", results.results_json, name="results_json"),
]
