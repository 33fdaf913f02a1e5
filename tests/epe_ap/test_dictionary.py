"""The data dictionary says what the models say, and every model and field explains itself."""

from django.apps import apps
from django.conf import settings
from django.db.models.options import Options

from epe_ap.dictionary import APPS, data_dictionary


def models_of_the_project() -> list[type]:
    return [
        model
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        if not model.__name__.startswith("Historical")
    ]


def test_dictionary_is_up_to_date() -> None:
    written = (settings.BASE_DIR / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "Run: python manage.py data_dictionary"


def test_every_model_says_what_it_is() -> None:
    silent = [
        model.__name__
        for model in models_of_the_project()
        if not model.__doc__ or model.__doc__.startswith(f"{model.__name__}(")
    ]
    assert silent == []


def test_every_foreign_key_names_its_way_back() -> None:
    """``related_name`` always, and never Django's automatic ``…_set``."""
    nameless = []
    for model in models_of_the_project():
        meta: Options = model._meta  # type: ignore[attr-defined]
        for field in [*meta.fields, *meta.many_to_many]:
            # The parts of Django's own permission classes are not ours to name.
            if (
                field.is_relation
                and field.name not in ("groups", "user_permissions")
                and not field.remote_field.related_name
            ):
                nameless.append(f"{model.__name__}.{field.name}")
    assert nameless == []
