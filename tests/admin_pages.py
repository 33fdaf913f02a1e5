"""Pages of the administration as a person uses them: open, type, save."""

import datetime
from decimal import Decimal
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User


def signed_in(user: User | None = None) -> Client:
    """The browser of a person, of a superuser named Ana when nobody is given; it speaks English, as the person does."""
    client = Client(headers={"accept-language": "en"})
    user = user or User.objects.create_superuser("ana@example.org", "a-password-of-a-test", name="Ana")
    User.objects.filter(pk=user.pk).update(language="en")
    client.force_login(user)
    return client


def page(model: Any, name: str, *arguments: Any) -> str:
    """The address of a model's ``changelist``, ``add``, ``change``, ``delete`` or ``history`` page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def typed(response: HttpResponse, **values: Any) -> dict[str, Any]:
    """What a browser would send from this page with ``values`` typed over what stands in it."""
    context: Any = response.context  # type: ignore[attr-defined]
    sent = in_form(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        for form in (inline.formset.management_form, *inline.formset.forms):
            sent |= in_form(form)
    return sent | values


def in_form(form: BaseForm) -> dict[str, Any]:
    shown = {form.add_prefix(name): form[name].value() for name in form.fields}
    return {name: as_sent(value) for name, value in shown.items() if value is not None and value is not False}


def as_sent(value: Any) -> Any:
    if value is True:
        return "on"
    if isinstance(value, list | tuple):
        return [getattr(each, "pk", each) for each in value]
    if isinstance(value, datetime.date | Decimal):
        return str(value)
    return value


def errors(response: HttpResponse) -> list[str]:
    """All sentences with which a page refused what was typed."""
    context: Any = response.context  # type: ignore[attr-defined]
    found = [each for messages in context["adminform"].form.errors.values() for each in messages]
    for inline in context["inline_admin_formsets"]:
        found += inline.formset.non_form_errors()
        found += [each for form in inline.formset.forms for messages in form.errors.values() for each in messages]
    return found
