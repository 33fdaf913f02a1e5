from django.urls import path

from dashboards.views import overview

urlpatterns = [
    path("workspace/", overview.overview, name="workspace"),
]
