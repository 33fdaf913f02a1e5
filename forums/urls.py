from django.urls import path

from forums import views

urlpatterns = [
    path("forums/", views.forum_list, name="forums"),
    path("forums/<slug:slug>/", views.forum_page, name="forum"),
    path("forums/<slug:slug>/charts/<slug:kind>.<slug:ending>", views.forum_chart, name="forum_chart"),
]
