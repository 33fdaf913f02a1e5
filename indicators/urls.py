from django.urls import path

from indicators.views import results

urlpatterns = [
    path("results/", results.results_page, name="results"),
    path("results.csv", results.results_csv, name="results_csv"),
    path("results.xlsx", results.results_xlsx, name="results_xlsx"),
    path("results.json", results.results_json, name="results_json"),
]
