"""The sheet that explains the framework's workbook to whoever changes it."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from indicators.workbooks.framework_columns import DEFAULTS, REQUIRED, headings_of
from indicators.workbooks.template import height_of
from projects.models import Programme

WIDTH: Final = 90


def write_explanation(workbook: Any, programme: Programme, title: str) -> None:
    """What may be changed, how an indicator is added, and what an empty cell of a new row stands for."""
    sheet = workbook.add_worksheet(pgettext("sheet of a workbook", "Read me"))
    base = {"font_color": "#1B2B2A", "valign": "top", "text_wrap": True}
    formats = {name: workbook.add_format(base | more) for name, more in _LOOKS.items()}
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, WIDTH)
    sheet.write_string(0, 0, title, formats["title"])
    sheet.set_row(0, height_of([(title, WIDTH * 2 // 3)]) + 6)
    row = 1
    if programme.is_demonstration:
        sheet.write_string(row, 0, _("Demonstration: everything here is invented."), formats["mark"])
        row += 1
    for heading, lines in _sections():
        row += 1
        sheet.write_string(row, 0, heading, formats["heading"])
        for line in lines:
            row += 1
            sheet.set_row(row, height_of([(line, WIDTH)]) + 4)
            sheet.write_string(row, 0, line, formats["paragraph"])
        row += 1
    sheet.set_portrait()
    sheet.set_paper(1)
    sheet.fit_to_pages(1, 1)


_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 14},
    "mark": {"bold": True, "font_color": "#96450F"},
    "heading": {"bold": True},
    "paragraph": {},
}


def _sections() -> list[tuple[str, list[str]]]:
    names = headings_of("")
    required = ", ".join(f"“{names[key]}”" for key in REQUIRED)
    defaults = ", ".join(f"“{names[key]}”: {member.label}" for key, member in DEFAULTS.items())
    return [
        (
            _("What can be changed"),
            [
                _("Names, units, definitions, sources, methods, frequency, who is responsible, baselines and targets. An empty cell changes nothing."),
                _("A target that is changed needs its reason, in the column for reasons; the earlier target is kept."),
                _("Cells in grey are not changed here: what was achieved is reported and reviewed elsewhere. What defines an indicator that exists (family, measure, cumulation and so on) is changed on its own page."),
                _("Women, men and other parts stand below the programme's total and have their own baseline and targets."),
            ],
        ),
        (
            _("How an indicator is added"),
            [
                _("Insert a row below its expected result, or take one of the empty rows at the end and choose the expected result. The columns to the right of the printed framework say what the indicator is."),
                _("These columns must be filled in: %(columns)s. The code is one that no indicator of the programme has.") % {"columns": required},
                _("Left empty, a cell means: %(defaults)s. The nature follows from the level: output below an output, else outcome; without expected result it must be chosen.") % {"defaults": defaults},
                _("A name or unit that is missing in another language is taken from this one until it is translated."),
                _("The address of the indicator is made from its code. A count is in whole numbers. A series for the programme's total is opened, so that baseline and targets can stand."),
                _("Its figures are awaited from the first period that can still be reported in time, or from an earlier one that you give a target for."),
                _("A new indicator is not public: publish it on its own page once somebody has looked at it."),
            ],
        ),
        (
            _("How women, a project or a country get a row"),
            [
                _("Insert a row with the code of the indicator, and write in the column “%(scope)s” what it is about: women, B05, Peru, or B05 · Peru. Codes and names in any language are understood.") % {"scope": names["scope"]},
                _("Its baseline or target opens the series, of which a figure is then awaited in each period. You see that, too, before anything is kept."),
            ],
        ),
        (
            _("How it is sent back"),
            [
                _("Save the workbook with Excel or LibreOffice and send it on the page where it was downloaded. Before anything is kept, you see what it would change, cell by cell."),
                _("Rows may be sorted and columns moved or hidden. The hidden first column and row tell what stands where: leave them."),
            ],
        ),
    ]  # fmt: skip
