"""What the head of a page says to search engines and to whoever shares it."""

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from epe_ap.sharing import MOST_LETTERS, Shared, in_a_sentence, main_figure, picture_path, plain
from epe_ap.structured import as_script, dataset, one_figure, way
from indicators.tables import FigureRow, FigureTables

register = template.Library()


class Captured(template.Node):
    """See :func:`captured`."""

    def __init__(self, nodelist: NodeList, name: str, most: FilterExpression | None) -> None:
        self.nodelist = nodelist
        self.name = name
        self.most = most

    def render(self, context: template.Context) -> SafeString:
        most = self.most.resolve(context) if self.most else None
        markup = self.nodelist.render(context)
        context[self.name] = plain(markup, most)
        context[f"{self.name}_markup"] = markup
        return SafeString("")


@register.tag
def captured(parser: Parser, token: Token) -> Captured:
    """``{% captured name %}…{% endcaptured %}``: what stands between, for more places than one, as a block stands only once.

    ``name`` is its text, which ``{% captured name most=160 %}`` cuts between two words; ``name_markup`` all of it.
    """
    words = token.split_contents()[1:]
    most = next((parser.compile_filter(word.removeprefix("most=")) for word in words[1:]), None)
    nodelist = parser.parse(("endcaptured",))
    parser.delete_first_token()
    return Captured(nodelist, words[0], most)


@register.simple_tag
def described(figures: Any = None, *, name: str = "", text: str = "") -> str:
    """A description: the name of the page's thing, its main figure, and the text that it has, as far as there is room."""
    figure = main_figure(figures)
    if figure and figure.indicator.name == name:
        name = ""
    parts = [plain(name), in_a_sentence(figure) if figure else "", plain(text)]
    return plain(". ".join(part.rstrip(".") for part in parts if part) + ".", MOST_LETTERS)


@register.inclusion_tag("epe_ap/share_picture.html", takes_context=True)
def share_picture(context: template.Context, figures: Any = None) -> dict[str, Any]:
    """The picture of a page's main figure; where it has none, that of the site."""
    figure = main_figure(figures)
    shared = Shared.of(figure) if figure else Shared.of_site()
    return {"url": context["request"].build_absolute_uri(picture_path(figure, shared)), "words": shared.words}


@register.simple_tag(takes_context=True)
def data_of_page(
    context: template.Context, figures: FigureTables | None = None, *, name: str, **more: Any
) -> SafeString:
    """The rows of a page as a data set, for machines; ``more``: downloads, programmes, columns."""
    said = dataset(
        context["request"],
        url=context["canonical_url"],
        name=plain(name),
        description=context["page_description"],
        rows=figures.rows if figures else (),
        **more,
    )
    return as_script(said)


@register.simple_tag(takes_context=True)
def data_of_figure(context: template.Context, row: FigureRow, sentence: str) -> SafeString:
    """One figure as a data set, for machines; ``sentence``: as it is to be quoted."""
    return as_script(one_figure(context["request"], row, url=context["canonical_url"], sentence=plain(sentence)))


@register.simple_tag(takes_context=True)
def data_of_way(context: template.Context, label: str, url: str) -> SafeString:
    """The way to a page that stands in a list, for machines."""
    request = context.request  # type: ignore[attr-defined]
    return (
        as_script(way(request, [(_("EPE-AP results"), reverse("home")), (label, url)])) if request else SafeString("")
    )
