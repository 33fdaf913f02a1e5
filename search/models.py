"""What is found by words."""

from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language
from accounts.models import choices_constraint
from projects.models import Programme
from search.choices import IN_WORK_PLANS, Kind
from search.querysets import EntryQuerySet, WordQuerySet

#: The address of a record of each kind: the name of its page, and whether the record is a place on a page of many.
PAGES = {
    Kind.PROGRAMME: ("programme", False),
    Kind.INDICATOR: ("indicator", False),
    Kind.PROJECT: ("project", False),
    Kind.PARTNER: ("partner", False),
    Kind.COUNTRY: ("country", False),
    Kind.THEME: ("theme", False),
    Kind.FORUM: ("forum", False),
    Kind.PUBLICATION: ("publications", True),
    Kind.FINDING: ("findings", True),
    Kind.WORK_PLAN: ("work_plan", False),
    Kind.SOURCE: ("source", False),
    Kind.GOAL: ("goal", False),
}


class Entry(models.Model):
    """A record that anybody may find, in one language: what it is called, what is said of it, and its words.

    Written by ``search.actions`` alone, in the transaction of the change that it follows, from what the public sees.
    Never edited. ``rebuild_search`` makes the table anew, ``check_search`` compares it.
    """

    kind = models.CharField(max_length=12, choices=Kind)
    record = models.PositiveBigIntegerField(help_text=_("Primary key of the record, in the table of its kind."))
    language = models.CharField(max_length=2, choices=Language, help_text=_("Of the reader."))
    key = models.CharField(max_length=120, help_text=_("The slug, code or number that stands in its address."))
    code = models.CharField(max_length=60, blank=True, help_text=_("As printed, beside the title."))
    title = models.CharField(max_length=300)
    title_language = models.CharField(max_length=2, choices=Language, help_text=_("That the title stands in."))
    text = models.TextField(blank=True, help_text=_("Shown below the title, around the words that were looked for."))
    text_language = models.CharField(max_length=2, choices=Language, help_text=_("That the text stands in."))
    keys = models.TextField(
        help_text=_(
            "Its words without case and accents, each after its language and a letter for its kind; a capital letter "
            "for those of its names and codes."
        )
    )
    position = models.PositiveIntegerField(default=0, help_text=_("Its place among equals of its kind."))
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="entries", null=True)
    is_demonstration = models.BooleanField(
        default=False, help_text=_("Of a demonstration programme: found only where somebody names the programme.")
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the search")
        verbose_name_plural = _("entries of the search")
        default_permissions = ()
        ordering = ("kind", "record", "language")
        constraints = (
            models.UniqueConstraint(fields=["kind", "record", "language"], name="entry_is_one_of_its_record"),
            choices_constraint("kind", Kind, name="entry_kind_is_known"),
            choices_constraint("language", Language, name="entry_language_is_known"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.language})"

    def get_absolute_url(self) -> str:
        if self.kind == Kind.PAGE:
            return reverse(self.key)
        if self.kind == Kind.RESULT:
            # A place on the page of its programme's logic model.
            programme, _slash, code = self.key.partition("/")
            return f"{reverse('framework')}?{urlencode({'programme': programme})}#result-{code}"
        if self.kind in IN_WORK_PLANS:
            plan, _slash, place = self.key.partition("/")
            return f"{reverse('work_plan', args=[plan])}#{place}"
        name, is_place = PAGES[Kind(self.kind)]
        if is_place:
            return f"{reverse(name)}?show={self.key}#{self.key}"
        return reverse(name, args=[self.key])


class Word(models.Model):
    """A word that some entry holds or held: what a mistyped one is compared with.

    Words are added with their entries and taken away when the table is made anew; whatever is offered is looked for
    first, so that a word that nothing holds any more is never seen.
    """

    text = models.CharField(max_length=60, unique=True)

    objects = WordQuerySet.as_manager()

    class Meta:
        verbose_name = _("word of the search")
        verbose_name_plural = _("words of the search")
        default_permissions = ()
        ordering = ("text",)

    def __str__(self) -> str:
        return self.text
