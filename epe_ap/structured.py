"""What machines that read pages are told about them, in the words of schema.org: data sets, and the way to a page."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from epe_ap.sharing import has_figure
from indicators.choices import Measure, Qualifier
from indicators.tables import FigureRow
from projects.models import Programme

MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: Of the things measured, as many as a page's rows may have.
MOST_VARIABLES: Final = 60
#: A browser looks for the end of a script before anybody reads it as JSON.
HARMLESS: Final = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def as_script(data: Mapping[str, Any]) -> SafeString:
    """A block of data in a page: read by machines, run by no browser."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, cls=DjangoJSONEncoder).translate(
        HARMLESS
    )
    # Nothing in it can end the element: see HARMLESS.
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


def dataset(
    request: HttpRequest,
    *,
    url: str,
    name: str,
    description: str,
    downloads: Iterable[Mapping[str, str]],
    rows: Sequence[FigureRow] = (),
    programmes: Iterable[Programme] = (),
    columns: Iterable[tuple[str, Any]] = (),
) -> dict[str, Any]:
    """A ``Dataset``: the rows of a page, or the whole table of some programmes.

    Args:
        url: absolute; stands for the page.
        downloads: each with the ``url`` of a file, whose ending before the query says its kind.
    """
    stretches = [(row.period.starts_on, row.period.ends_on) for row in rows]
    stretches += [(each.starts_on, each.ends_on) for each in programmes if each.starts_on and each.ends_on]
    countries = {row.country.pk: row.country for row in rows if row.country is not None}
    countries |= {country.pk: country for each in programmes for country in each.countries.all()}
    makers = [each.name for each in programmes] or [row.result.programme.name for row in rows]
    documents = {row.source.document.pk: row.source.document for row in rows if row.source}
    said: dict[str, Any] = {
        "@type": "Dataset",
        "@id": f"{url}#dataset",
        "name": name,
        "description": description,
        "url": url,
        "inLanguage": get_language(),
        "isAccessibleForFree": True,
        # The page that says what is allowed until the publisher decides on a licence.
        "license": request.build_absolute_uri(f"{reverse('data')}#licence"),
        # The programmes report on themselves.
        "creator": [{"@type": "Organization", "name": maker} for maker in dict.fromkeys(makers)],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "name": _("EPE-AP results"),
            "url": request.build_absolute_uri(reverse("data")),
        },
        "spatialCoverage": [{"@type": "Place", "name": country.name} for country in countries.values()],
        "variableMeasured": _variables(rows) or [_variable(column, str(meaning)) for column, meaning in columns],
        "isBasedOn": [
            {
                "@type": "CreativeWork",
                "name": document.title,
                "url": request.build_absolute_uri(document.get_absolute_url()),
            }
            for document in documents.values()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": MEDIA_TYPES[download["url"].partition("?")[0].rpartition(".")[2]],
                "contentUrl": request.build_absolute_uri(download["url"]),
            }
            for download in downloads
        ],
    }
    if stretches:
        first, last = min(start for start, _end in stretches), max(end for _start, end in stretches)
        said["temporalCoverage"] = f"{first.isoformat()}/{last.isoformat()}"
    return {key: value for key, value in said.items() if value not in ([], "")}


def one_figure(request: HttpRequest, row: FigureRow, *, url: str, sentence: str) -> dict[str, Any]:
    """A ``Dataset`` of one figure: what was measured and how much, where and when, and what says so.

    Args:
        url: absolute; stands for the page.
        sentence: the figure in words, with its limits, as it is to be quoted.
    """
    said = dataset(request, url=url, name=row.indicator.name, description=sentence, downloads=(), rows=[row])
    # The licence is still to be decided: of one figure nothing is said of it.
    del said["license"]
    variable = _variable(row.indicator.name, row.indicator.definition or "", row.unit)
    return {
        **said,
        "variableMeasured": [{**variable, **_measured(row)}],
        "isPartOf": {"@type": "Dataset", "url": request.build_absolute_uri(reverse("data"))},
    }


def _measured(row: FigureRow) -> dict[str, Any]:
    """The number of a figure, as exactly as it is known; nothing of one in words, or of what was only planned."""
    if not has_figure(row) or row.qualifier == Qualifier.PLANNED:
        return {}
    value = row.actual if row.actual is not None else row.share
    said: dict[str, Any] = {"value": _number(value)}
    if row.qualifier in (Qualifier.AT_LEAST, Qualifier.MORE_THAN):
        said = {"minValue": said["value"]}
    elif row.result.is_contested:
        said |= {"minValue": _number(row.result.range_low), "maxValue": _number(row.result.range_high)}
    if row.actual is None or row.measure == Measure.PERCENTAGE:
        # The code of percent, by UN/CEFACT.
        said["unitCode"] = "P1"
    elif row.measure == Measure.CURRENCY:
        said["unitText"] = row.indicator.currency
    return {key: number for key, number in said.items() if number is not None}


def _number(value: Decimal | None) -> int | float | None:
    """A number as JSON writes numbers."""
    return None if value is None else int(value) if value == value.to_integral_value() else float(value)


def _variables(rows: Iterable[FigureRow]) -> list[dict[str, str]]:
    indicators = {row.indicator_id: row.indicator for row in rows}
    return [
        _variable(indicator.name, indicator.definition or "", indicator.unit)
        for indicator in list(indicators.values())[:MOST_VARIABLES]
    ]


def _variable(name: str, description: str, unit: str = "") -> dict[str, str]:
    said = {"@type": "PropertyValue", "name": name, "description": description, "unitText": unit}
    return {key: value for key, value in said.items() if value}


def way(request: HttpRequest, crumbs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A ``BreadcrumbList`` of (label, address)."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": label, "item": request.build_absolute_uri(address)}
            for place, (label, address) in enumerate(crumbs, 1)
        ],
    }
