"""Small resources of figures, with the columns that tests of imports need."""

from typing import Any

from accounts.resources import Column, KeyWidget, RecordResource
from indicators.models import Actual, Breakdown, Target
from indicators.resources import indicator_key
from projects.models import Project

SCOPE = ("indicator", "project", "breakdown")


class FigureRows(RecordResource):
    indicator = Column(attribute="series__indicator", column_name="indicator", widget=indicator_key())
    project = Column(attribute="series__project", column_name="project", widget=KeyWidget(Project))
    breakdown = Column(attribute="series__breakdown", column_name="breakdown", widget=KeyWidget(Breakdown, blank=True))

    links = {"series": SCOPE}


class ActualRows(FigureRows):
    kind = "actuals"

    class Meta:
        model = Actual
        fields = (*SCOPE, "period", "value", "route", "note_en")
        import_id_fields = (*SCOPE, "period")


class TargetRows(FigureRows):
    kind = "targets"

    class Meta:
        model = Target
        fields = (*SCOPE, "period", "value", "valid_from", "reason")
        import_id_fields = (*SCOPE, "period")

    def rows_to_find(self) -> Any:
        return Target.objects.current()


__all__ = ["ActualRows", "TargetRows"]
