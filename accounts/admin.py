"""Accounts and the register of changes in the administration, and the base of every record's pages there."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from translated_fields.admin import TranslatedFieldAdmin
from translated_fields.fields import show_language_code

from accounts.actions import StaleRecord, change, save_record
from accounts.actions.people import groups_to_give, may_manage, take_second_factor_away
from accounts.choices import Door
from accounts.forms import (
    AccountChangeForm,
    AccountCreationForm,
    NumberInput,
    ReasonedActionForm,
    RecordForm,
    RecordSelect,
    RecordSelectMultiple,
    RowForm,
    RowFormSet,
    in_digits,
    is_key,
)
from accounts.histories import tell_differences
from accounts.models import Change, Import, Record, StoredFile, User
from indicators.actions import one_refresh, refresh_results, touched_by
from indicators.models import Result
from partners.models import Membership
from projects.demonstrations import hold_demonstration, is_of_demonstration

LANGUAGES: dict[str, str] = dict(settings.LANGUAGES)

# Second factors are taken away on record, by the action of accounts below; addresses are those of accounts alone.
admin.site.unregister(Authenticator)
admin.site.unregister(EmailAddress)


def in_languages(*names: str) -> list[str]:
    """The columns of translated fields, for searching: ``name`` stands for name_fr, name_es and name_en."""
    return [f"{name}_{language}" for name in names for language in LANGUAGES]


def number(name: str, label: Any) -> Callable[[Any], str | None]:
    """A column of a list: a number without the zeros that only its column in the database needs."""

    @admin.display(description=label, ordering=name)
    def shown(record: Any) -> str | None:
        value = getattr(record, name)
        return None if value is None else in_digits(value)

    return shown


class AutocompleteFilter(admin.RelatedFieldListFilter):
    """Filters a list by a related record that is typed and chosen: a list of all of them would be too long."""

    template = "admin/autocomplete_filter.html"

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[models.Model],
        model_admin: admin.ModelAdmin,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        #: What else the address holds, so that choosing keeps it; the number of the page is of the old list.
        self.kept = [
            (name, value)
            for name, values in request.GET.lists()
            for value in values
            if name not in (self.lookup_kwarg, self.lookup_kwarg_isnull, "p")
        ]
        chosen = self.lookup_val[-1] if isinstance(self.lookup_val, list) else self.lookup_val
        choice = forms.ModelChoiceField(
            field.remote_field.model._default_manager.all(),
            widget=RecordSelect(field, model_admin.admin_site),
            required=False,
        )
        self.widget = choice.widget.render(
            self.lookup_kwarg, chosen, {"id": f"filter_{field_path}", "aria-label": str(self.title)}
        )

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True


class MarkedAdmin(admin.ModelAdmin):
    """The pages of a record say when it is a demonstration's; so does the one that deletes several."""

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        return super().render_change_form(request, marked(context, kwargs.get("obj")), *args, **kwargs)

    def render_delete_form(self, request: HttpRequest, context: Any) -> Any:
        return super().render_delete_form(request, marked(context, context["object"]))

    def response_action(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        response = super().response_action(request, queryset)
        context = getattr(response, "context_data", None) or {}
        if "deletable_objects" in context and hold_demonstration(context["queryset"]):
            context["subtitle"] = capfirst(_("demonstration"))
        return response

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().history_view(request, object_id, *args, **kwargs)
        context = getattr(response, "context_data", None) or {}
        marked(context, context.get("object"))
        return response


def marked(context: dict[str, Any], record: Any) -> dict[str, Any]:
    """The context of a page about a record, which says where it is a demonstration's."""
    if record is not None and is_of_demonstration(record):
        context["subtitle"] = f"{record} ({_('demonstration')})"
    return context


class ReadOnlyAdmin(MarkedAdmin):
    """Pages of what nobody writes by hand."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OnRecordAdmin(MarkedAdmin):
    """Whatever one page of the administration writes is one change: by whom, why, through this door."""

    show_full_result_count = False

    @contextmanager
    def on_record(self, request: HttpRequest) -> Iterator[None]:
        """Open a change around a page that may write, and take it back when it wrote nothing."""
        if request.method != "POST":
            yield
            return
        request.has_written = False  # type: ignore[attr-defined]
        # No database keeps a null byte, so no reason has one; a form says so to whoever typed it.
        reason = request.POST.get("change_reason", "").replace("\x00", " ").strip()
        with change(door=Door.ADMIN, by=request.user, reason=reason):  # type: ignore[arg-type]
            # The record, its rows and its links may each alter the same results: they are made anew once.
            with one_refresh():
                yield
            if not request.has_written:  # type: ignore[attr-defined]
                transaction.set_rollback(True)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        with self.on_record(request):
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        try:
            with self.on_record(request):
                return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            return self.refused(request, error)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not all(is_key(chosen) for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise Http404
        try:
            with self.on_record(request):
                return super().changelist_view(request, extra_context)
        except ValidationError as error:
            return self.refused(request, error)

    def refused(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        """What an action or the database refused, told on the page that asked for it; nothing was written."""
        for sentence in error.messages:
            self.message_user(request, sentence, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        request.has_written = True  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        request.has_written = True  # type: ignore[attr-defined]
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        request.has_written = True  # type: ignore[attr-defined]
        super().delete_queryset(request, queryset)


def _delete(*, record: Any) -> None:
    record.delete()


def save_rows(
    request: HttpRequest,
    formset: BaseInlineFormSet,
    *,
    save: Callable[..., Any] = save_record,
    remove: Callable[..., Any] = _delete,
) -> None:
    """Save the parts of a record that were typed on its page; those that have actions of their own through these."""
    rows = formset.save(commit=False)
    for row in formset.deleted_objects:
        remove(record=row)
    for row in rows:
        save(record=row)
    formset.save_m2m()
    if rows or formset.deleted_objects:
        request.has_written = True  # type: ignore[attr-defined]


class AutocompleteEverywhere:
    """Related records are typed and found, never picked from a list of all."""

    formfield_overrides = {
        models.DecimalField: {"widget": NumberInput},
        # An address typed without its scheme is taken for https, as in the next Django.
        models.URLField: {"assume_scheme": "https"},
    }

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        opts = self.opts  # type: ignore[attr-defined]
        return [field.name for field in (*opts.fields, *opts.many_to_many) if field.is_relation]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", RecordSelect(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", RecordSelectMultiple(db_field, self.admin_site))  # type: ignore[attr-defined]
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]


class WideTexts:
    """Titles and names are as wide as what stands in them."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if isinstance(db_field, models.CharField) and (db_field.max_length or 0) > 100 and not db_field.choices:
            field.widget.attrs["class"] = "vLargeTextField"
        return field


class RecordAdmin(WideTexts, AutocompleteEverywhere, OnRecordAdmin, TranslatedFieldAdmin, SimpleHistoryAdmin):
    """Pages of a kind of business record.

    A subclass may declare ``fieldsets`` of the fields that have one language; the translated ones follow, one
    collapsible group for each language, then the reason for the change.
    """

    #: Whether results rest on this kind of record, and are made anew when it changes.
    holds_results = False

    form = RecordForm
    delete_confirmation_template = "admin/record_delete.html"
    object_history_list_template = "admin/record_history.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset = self.model._default_manager.for_admin()
        if self.list_select_related:
            # Django leaves it aside where the queryset follows relations already.
            queryset = queryset.select_related(*self.list_select_related)
        # A model's own order does not hold for a queryset that counts.
        return queryset.order_by(*(self.get_ordering(request) or self.opts.ordering))

    @property
    def media(self) -> forms.Media:
        total = super().media + forms.Media(js=("admin/js/jquery.init.js", "js/field_names.js"))
        for each in self.list_filter:
            if isinstance(each, tuple) and issubclass(each[1], AutocompleteFilter):
                field = self.opts.get_field(each[0].split("__")[0])
                total += RecordSelect(field, self.admin_site).media
        return total

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, Any]]:
        declared = list(self.fieldsets) if self.fieldsets else []
        own = [*RecordForm.OWN_FIELDS]
        rest = [
            name
            for name in flatten(self.get_fields(request, obj))
            if name not in flatten_fieldsets(declared) and name not in own
        ]
        by_language: dict[str, list[str]] = {language: [] for language in LANGUAGES}
        plain: list[str] = []
        for name in rest:
            by_language.get(self._language_of(name), plain).append(name)
        groups = [*declared, *([(None, {"fields": plain})] if plain else [])]
        for language, names in by_language.items():
            if names:
                # The reader's own language stands open; Django opens another one that holds an error.
                classes = [] if language == get_language() else ["collapse"]
                groups.append((LANGUAGES[language], {"fields": names, "classes": classes}))
        if self.has_change_permission(request, obj) if obj else self.has_add_permission(request):
            groups.append((None, {"fields": sorted(own)}))
        return groups

    def _language_of(self, name: str) -> str:
        """The language of a translated column; empty for any other field."""
        for field in self.opts.fields:
            if field.name == name:
                return getattr(field, "_translated_field_language_code", "")
        return ""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleRecord:
            # Somebody saved it between our reading and our writing. Read again, the form says so itself.
            return self.changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:
            # An action knows more rules than a form. Read again, the form shows its sentences with what was typed.
            request.refused = error.messages  # type: ignore[attr-defined]
            return self.changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.refused = getattr(request, "refused", ())
        return form

    # Writing

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        # An unaltered record keeps its version, though its parts may be saved.
        if not change or form.altered:
            request.has_written = True  # type: ignore[attr-defined]
            # What rested on it before; what does so afterwards follows in save_related().
            refresh_results(indicators=self.touched(obj) if change else ())
            saved = self.write(request, obj, form)
            if saved is not obj:
                # An action made its own: the links, rows and messages that follow are about that one.
                obj.__dict__.update(saved.__dict__)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if request.has_written:  # type: ignore[attr-defined]
            refresh_results(indicators=self.touched(form.instance))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        save_rows(request, formset)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        request.has_written = True  # type: ignore[attr-defined]
        refresh_results(indicators=self.touched(obj))
        self.erase(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for record in queryset:
            self.delete_model(request, record)

    def write(self, request: HttpRequest, record: Any, form: Any) -> Any:
        """Save one record of this kind; the kinds that have actions of their own go through them."""
        return save_record(record=record)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        listed, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        # Nobody may delete a computed row, but it goes with the figure that it was computed from.
        computed = str(Result._meta.verbose_name)
        return listed, counts, {name for name in forbidden if str(name) != computed}, protected

    def erase(self, request: HttpRequest, record: Any) -> None:
        """Delete one record of this kind."""
        record.delete()

    def do_to_each(
        self,
        request: HttpRequest,
        records: Iterable[Any],
        step: Callable[[Any], Any],
        said: Callable[[int], str] = lambda done: ngettext("%(number)s done.", "%(number)s done.", done),
    ) -> None:
        """Take one step with each of the chosen rows of a list, and say which of them it was refused for, and why.

        Args:
            said: the sentence about so many rows that it was taken with, with a ``%(number)s`` in it.
        """
        done = 0
        for record in records:
            try:
                with transaction.atomic():
                    step(record)
            except (ValidationError, PermissionDenied) as error:
                sentences = error.messages if isinstance(error, ValidationError) else [str(error)]
                self.message_user(request, f"{record}: {' '.join(sentences)}", messages.ERROR)
            else:
                done += 1
        if done:
            request.has_written = True  # type: ignore[attr-defined]
            self.message_user(request, said(done) % {"number": done}, messages.SUCCESS)

    def touched(self, record: Any) -> set[int]:
        """Primary keys of the indicators whose results rest on a record."""
        return touched_by(record) if self.holds_results else set()

    # History

    def get_urls(self) -> list[URLPattern]:
        # Without the page of one version: the list says all that changed, and nothing is reverted from it.
        return super(SimpleHistoryAdmin, self).get_urls()

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def render_history_view(self, request: HttpRequest, template: str, context: Any, **kwargs: Any) -> HttpResponse:
        return super().render_history_view(request, template, marked(context, context["object"]), **kwargs)

    def get_history_queryset(self, *args: Any, **kwargs: Any) -> models.QuerySet[Any]:
        return super().get_history_queryset(*args, **kwargs).select_related("change__made_by")

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, *args: Any) -> None:
        """From what to what, in words; of the oldest version on the page, too, whatever page it is."""
        rows = list(historical_records)
        page = historical_records
        earlier = page.paginator.object_list[page.end_index() : page.end_index() + 1] if page.has_next() else ()
        tell_differences(rows, earlier=next(iter(earlier), None))
        # The template reads these very rows.
        page.object_list = rows

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_key(object_id):
            raise Http404
        # Three columns of one translated field would otherwise bear one name.
        with show_language_code(True):
            return super().history_view(request, object_id, *args, **kwargs)


class RowInline(AutocompleteEverywhere, InlineModelAdmin):
    """Parts of a record, edited on its page."""

    form = RowForm
    formset = RowFormSet
    extra = 0

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.model._default_manager.for_admin()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        fields = [name for name in super().get_fields(request, obj) if name != "seen_version"]
        return [*fields, "seen_version"] if self.has_change_permission(request, obj) else fields


class TabularRows(RowInline, admin.TabularInline):
    pass


class StackedRows(WideTexts, RowInline, admin.StackedInline):
    pass


class ReadOnlyRows(admin.TabularInline):
    """Parts of a record that have a page of their own, or that nobody writes by hand."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.model._default_manager.for_admin()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartnersOfUser(TabularRows):
    model = Membership
    fk_name = "user"


@admin.register(User)
class AccountAdmin(OnRecordAdmin, UserAdmin):
    form = AccountChangeForm
    add_form = AccountCreationForm
    list_display = ("email", "name", "language", "is_active", "is_staff", "is_demonstration", "last_login")
    list_filter = ("is_staff", "is_superuser", "is_active", "is_demonstration", "language", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    readonly_fields = ("last_login", "joined_at")
    inlines = (PartnersOfUser,)
    action_form = ReasonedActionForm
    actions = ("remove_second_factor",)
    fieldsets = (
        (None, {"fields": ("email", "password", "name", "language", "time_zone")}),
        (
            _("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "is_demonstration", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "joined_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("email", "name", "language", "time_zone", "usable_password", "password1", "password2"),
            },
        ),
    )

    # Whoever manages accounts makes nobody mightier than they are, themselves included.

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or may_manage(cast(User, request.user), obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or may_manage(cast(User, request.user), obj))

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Sequence[str]:
        held = () if request.user.is_superuser else ("is_superuser", "user_permissions")  # type: ignore[union-attr]
        return (*super().get_readonly_fields(request, obj), *held)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = groups_to_give(cast(User, request.user))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    @admin.action(description=_("Remove the second factor, and end all sessions"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, people: models.QuerySet[User]) -> None:
        reason = request.POST.get("change_reason", "").replace("\x00", " ")
        for person in people:
            try:
                take_second_factor_away(person=person, by=cast(User, request.user), reason=reason)
            except (PermissionDenied, ValidationError) as refused:
                sentences = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
                self.message_user(request, f"{person}: {' '.join(sentences)}", messages.ERROR)
            else:
                request.has_written = True  # type: ignore[attr-defined]
                self.message_user(
                    request,
                    _("%(person)s has no second factor any more and sets up a new one at the next sign-in.")
                    % {"person": person},
                    messages.SUCCESS,
                )

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Sequence[type[InlineModelAdmin]]:
        # The account comes first: its page then asks for what it may do.
        return self.inlines if obj else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseInlineFormSet, change: bool) -> None:
        save_rows(request, formset)


@admin.register(Change)
class ChangeAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "made_by", "door", "reason")
    list_filter = ("door", ("made_by", AutocompleteFilter))
    search_fields = ("reason", "made_by__email", "made_by__name")
    fields = ("made_at", "made_by", "door", "reason", "records")
    readonly_fields = ("records",)
    #: Up to how many records of a kind are named.
    named = 20

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Change]:
        return Change.objects.for_admin()

    @admin.display(description=_("records"))
    def records(self, made: Change) -> SafeString:
        """What the change touched: by name, each with a link to its history, or only counted where it is a lot."""
        lines = []
        for model in apps.get_models():
            if issubclass(model, Record):
                rows = list(model.history.filter(change=made)[: self.named + 1])  # type: ignore[attr-defined]
                if len(rows) > self.named:
                    number = model.history.filter(change=made).count()  # type: ignore[attr-defined]
                    lines.append((model._meta.verbose_name_plural, number))
                else:
                    lines += [(model._meta.verbose_name, self._link(model, row)) for row in rows]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}: {}</li>", lines))

    def _link(self, model: type[Record], row: Any) -> SafeString:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[row.id])
        try:
            name = str(row.history_object)
        except ObjectDoesNotExist:
            # Its name holds that of another record, which is gone too.
            name = f"{row.id}"
        return format_html('<a href="{}">{}</a> ({})', address, name, row.get_history_type_display())


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """What is kept of a file that somebody sent; what stands in it is given out by the pages that know whose it is."""

    list_display = ("name", "content_type", "size", "stored_at", "stored_by")
    list_filter = ("content_type", ("stored_by", AutocompleteFilter))
    search_fields = ("name", "sha256", "stored_by__email")
    fields = ("name", "content_type", "size", "sha256", "stored_at", "stored_by")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[StoredFile]:
        return super().get_queryset(request).select_related("stored_by").defer("content")


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """Spreadsheets that were read; they are applied and undone on the pages of imports."""

    list_display = (
        "made_at",
        "kind",
        "file",
        "state",
        "rows_new",
        "rows_changed",
        "rows_unchanged",
        "rows_refused",
        "made_by",
    )
    list_filter = ("state", "kind", ("made_by", AutocompleteFilter))
    search_fields = ("kind", "file__name", "made_by__email")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Import]:
        return super().get_queryset(request).select_related("file", "made_by", "change").defer("file__content")
