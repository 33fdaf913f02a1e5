"""Programmes, themes, projects and work plans in the administration."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import AutocompleteFilter, ReadOnlyRows, RecordAdmin, StackedRows, TabularRows, in_languages
from projects.models import (
    Activity,
    Area,
    Deliverable,
    Objective,
    Partnership,
    Programme,
    Project,
    ProjectTheme,
    Sector,
    Theme,
    WorkPlan,
)


class Themes(ReadOnlyRows):
    model = Theme
    fields = ("code", "kind", "number", "name")
    readonly_fields = ("name",)


@admin.register(Programme)
class ProgrammeAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "name", "funder", "implementer", "starts_on", "ends_on", "status", "is_demonstration")
    list_filter = ("status", "is_demonstration", "countries")
    list_select_related = ("funder", "implementer")
    search_fields = ("code", "slug", "funder_identifier", *in_languages("name"))
    inlines = (Themes,)


@admin.register(Theme)
class ThemeAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "name", "kind", "number", "programme")
    list_filter = ("programme", "kind")
    list_select_related = ("programme",)
    search_fields = ("code", "slug", *in_languages("name"))


@admin.register(Sector)
class SectorAdmin(RecordAdmin):
    list_display = ("slug", "name")
    search_fields = ("slug", *in_languages("name"))


class ThemesOfProject(StackedRows):
    model = ProjectTheme


class Partnerships(TabularRows):
    model = Partnership
    fields = ("partner", "role", "is_adopted")
    show_change_link = True


@admin.register(Project)
class ProjectAdmin(RecordAdmin):
    holds_results = True
    list_display = ("code", "title", "programme", "component", "kind", "status", "number_of_partners")
    list_display_links = ("code", "title")
    list_filter = ("programme", "component", "kind", "status", "themes", "countries", ("partners", AutocompleteFilter))
    search_fields = ("code", "slug", "title", "project_themes__title", *in_languages("translated_title"))
    inlines = (ThemesOfProject, Partnerships)

    @admin.display(description=_("partners"), ordering="number_of_partners")
    def number_of_partners(self, project: Project) -> int:
        return project.number_of_partners  # type: ignore[attr-defined]


@admin.register(ProjectTheme)
class ProjectThemeAdmin(RecordAdmin):
    list_display = ("project", "theme", "title", "language")
    list_filter = ("theme", "language", ("project", AutocompleteFilter))
    list_select_related = ("project", "theme")
    search_fields = ("title", "project__code", "theme__code", *in_languages("translated_title"))


@admin.register(Partnership)
class PartnershipAdmin(RecordAdmin):
    list_display = ("project", "partner", "role", "is_adopted")
    list_filter = ("role", "is_adopted", ("project", AutocompleteFilter), ("partner", AutocompleteFilter))
    search_fields = ("project__code", "project__title", "partner__name", "partner__acronym")


class Areas(TabularRows):
    model = Area
    show_change_link = True


@admin.register(WorkPlan)
class WorkPlanAdmin(RecordAdmin):
    list_display = ("title", "programme", "starts_on", "ends_on")
    list_filter = ("programme", "countries")
    list_select_related = ("programme",)
    search_fields = ("slug", "title", *in_languages("translated_title"))
    inlines = (Areas,)


class Objectives(StackedRows):
    model = Objective


class Activities(StackedRows):
    model = Activity


class Deliverables(StackedRows):
    model = Deliverable


@admin.register(Area)
class AreaAdmin(RecordAdmin):
    list_display = ("number", "name", "work_plan", "reference")
    list_display_links = ("number", "name")
    list_filter = (("work_plan", AutocompleteFilter),)
    list_select_related = ("work_plan",)
    search_fields = ("reference", "work_plan__title", *in_languages("name"))
    inlines = (Objectives, Activities, Deliverables)


class AreaPartAdmin(RecordAdmin):
    """What the lists of objectives, activities and deliverables share."""

    list_display = ("__str__", "text", "area")
    list_filter = ("area__work_plan",)
    list_select_related = ("area__work_plan",)
    search_fields = (*in_languages("text"), *in_languages("area__name"))


@admin.register(Objective)
class ObjectiveAdmin(AreaPartAdmin):
    pass


@admin.register(Activity)
class ActivityAdmin(AreaPartAdmin):
    list_display = ("__str__", "text", "area", "planned_from", "planned_to", "confirmation", "status")
    list_filter = ("area__work_plan", "status", "confirmation", "countries")


@admin.register(Deliverable)
class DeliverableAdmin(AreaPartAdmin):
    pass
