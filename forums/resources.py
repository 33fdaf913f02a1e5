"""Forums and the days on which they met, as rows of a spreadsheet."""

from typing import Any

from accounts.resources import KeysWidget, KeyWidget, RecordResource
from accounts.resources.names import in_languages
from forums.models import Forum, ForumDay
from partners.resources import country_key
from projects.resources import programme_key, theme_keys


def forum_key(*related: str) -> KeyWidget:
    """A forum, by its slug, or by its title where one forum alone bears it."""
    return KeyWidget(Forum, also=("title",), related=related)


def forum_keys() -> KeysWidget:
    return KeysWidget(Forum, also=("title",))


class ForumResource(RecordResource):
    kind = "forums"

    class Meta:
        model = Forum
        fields = (
            "slug",
            "programme",
            "number",
            "title",
            "language",
            *in_languages("translated_title", "summary", "account"),
            "themes",
            "mode",
            "city",
            "country",
        )
        import_id_fields = ("slug",)
        widgets: Any = {"programme": programme_key(), "themes": theme_keys(), "country": country_key()}


class ForumDayResource(RecordResource):
    kind = "forum_days"

    class Meta:
        model = ForumDay
        fields = ("forum", "day")
        import_id_fields = ("forum", "day")
        widgets: Any = {"forum": forum_key()}
