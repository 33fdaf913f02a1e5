from django.urls import path

from projects import views

urlpatterns = [
    path("projects/", views.project_list, name="projects"),
    path("projects/<str:slug>/", views.project_page, name="project"),
    path("themes/", views.theme_list, name="themes"),
    path("themes/<slug:slug>/", views.theme_page, name="theme"),
    path("work-plans/<slug:slug>/", views.work_plan_page, name="work_plan"),
]
