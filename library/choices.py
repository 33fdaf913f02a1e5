"""Stored words of the library app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentKind(models.TextChoices):
    BOOK = "book", _("book")
    WEB_PAGE = "web_page", _("web page")
    WORK_PLAN = "work_plan", _("work plan")
    REPORT = "report", _("report")
    DATABASE = "database", _("database")


class About(models.TextChoices):
    """Which fact of a record a citation is about."""

    VALUE = "value", _("value")
    DATES = "dates", _("dates")
    NAME = "name", _("name or title")
    PARTNERS = "partners", _("partners")
    PLACE = "place", _("place")
    BUDGET = "budget", _("budget")
    STATEMENT = "statement", _("statement")
    DESCRIPTION = "description", _("description")


class DiscrepancyKind(models.TextChoices):
    VALUE = "value", _("value")
    TOTAL = "total", _("total and parts")
    PARTNERS = "partners", _("partners")
    DATES = "dates", _("dates")
    NAME = "name", _("name")


class Severity(models.TextChoices):
    MINOR = "minor", _("minor")
    MODERATE = "moderate", _("moderate")
    MAJOR = "major", _("major")


class Settlement(models.TextChoices):
    """How it was decided which of the disagreeing statements to adopt."""

    OPEN = "open", _("open")
    ARITHMETIC = "arithmetic", _("the arithmetic that closes")
    EXACT_OVER_ROUNDED = "exact_over_rounded", _("exact over rounded")
    CHAPTER_OVER_SUMMARY = "chapter_over_summary", _("own chapter over summary")
    LATER_OVER_EARLIER = "later_over_earlier", _("later over earlier")
    LOWER = "lower", _("the lower one, marked contested")
    MISREADING = "misreading", _("a misreading of the printed text")
    BOTH_KEPT = "both_kept", _("both kept: they may be different facts")
    CONFIRMED = "confirmed", _("confirmed by the institution")


class PublicationKind(models.TextChoices):
    REPORT = "report", _("report")
    STUDY = "study", _("study")
    GUIDE = "guide", _("guide")
    TOOLKIT = "toolkit", _("toolkit")
    VIDEO = "video", _("video")
    WEBSITE = "website", _("website")
    STORY_MAP = "story_map", _("story map")
    COURSE = "course", _("course")
    BROCHURE = "brochure", _("brochure")
    POLICY = "policy", _("policy")
    APPLICATION = "application", _("application")
    CAMPAIGN = "campaign", _("campaign")
    BOOK = "book", _("book")
    OTHER = "other", _("other")


class FindingKind(models.TextChoices):
    LESSON = "lesson", _("lesson learned")
    RECOMMENDATION = "recommendation", _("recommendation")
    UNEXPECTED_RESULT = "unexpected_result", _("unexpected result")
    GOOD_PRACTICE = "good_practice", _("good practice")
