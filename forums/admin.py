"""Forums in the administration."""

import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, RecordAdmin, TabularRows, in_languages
from forums.models import Forum, ForumDay


class Days(TabularRows):
    model = ForumDay


@admin.register(Forum)
class ForumAdmin(RecordAdmin):
    holds_results = True
    list_display = ("number", "title", "programme", "mode", "city", "country", "first_day", "last_day")
    list_display_links = ("number", "title")
    list_filter = ("programme", "mode", "country", "themes")
    search_fields = ("slug", "title", "city", *in_languages("translated_title"))
    inlines = (Days,)

    @admin.display(description=_("first day"), ordering="first_day")
    def first_day(self, forum: Forum) -> datetime.date | None:
        return forum.first_day  # type: ignore[attr-defined]

    @admin.display(description=_("last day"), ordering="last_day")
    def last_day(self, forum: Forum) -> datetime.date | None:
        return forum.last_day  # type: ignore[attr-defined]


@admin.register(ForumDay)
class ForumDayAdmin(RecordAdmin):
    list_display = ("day", "forum")
    list_filter = (("forum", AutocompleteFilter),)
    list_select_related = ("forum",)
    search_fields = ("forum__title", "forum__slug")
