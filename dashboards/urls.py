from django.urls import path, re_path

from dashboards.views import (
    evidence,
    exports,
    grid,
    home,
    imports,
    institutions,
    intakes,
    invitations,
    narrative,
    notifications,
    people,
    project,
    questions,
    receipts,
    review,
    verification,
    workbooks,
)
from dashboards.workbooks import FrameworkWorkbook, ReportWorkbook

# A project's slug is its printed code, which may hold a dot.
PROJECT = r"^workspace/projects/(?P<slug>[A-Za-z0-9._-]+)/"
REPORT = r"^workspace/reports/(?P<project>[A-Za-z0-9._-]+)/(?P<period>[A-Za-z0-9_-]+)/"
FRAMEWORK = r"^workspace/framework/(?P<programme>[A-Za-z0-9_-]+)"
PEOPLE = "workspace/people/<slug:partner>/"
UPLOADED = r"upload/(?P<pk>[0-9]+)/"
#: Which kind of workbook a page is about.
OF_REPORT = {"kind": ReportWorkbook}
OF_FRAMEWORK = {"kind": FrameworkWorkbook}

urlpatterns = [
    path("workspace/", home.home, name="workspace"),
    re_path(PROJECT + "$", project.project_board, name="project_board"),
    re_path(PROJECT + r"sheet\.pdf$", project.project_sheet, name="project_sheet"),
    re_path(REPORT + "$", grid.report_grid, name="report_grid"),
    re_path(REPORT + r"questions/$", questions.report_questions, name="report_questions"),
    re_path(REPORT + r"questions/(?P<series>[0-9]{1,18})/$", questions.report_question, name="report_question"),
    re_path(REPORT + r"receipt/$", receipts.report_receipt, name="report_receipt"),
    path("workspace/periods/<slug:period>/grid/", grid.programme_grid, name="programme_grid"),
    path("workspace/imports/", imports.imports, name="imports"),
    path("workspace/imports/<int:pk>/", imports.import_page, name="import_page"),
    path("workspace/imports/<int:pk>/apply/", imports.import_apply, name="import_apply"),
    path("workspace/imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("workspace/imports/<int:pk>/undo/", imports.import_undo, name="import_undo"),
    path("workspace/imports/<int:pk>/file/", imports.import_file, name="import_file"),
    path("workspace/imports/<int:pk>/marked.xlsx", imports.import_marked, name="import_marked"),
    path("workspace/imports/<slug:kind>/", imports.import_kind, name="import_kind"),
    path("workspace/imports/<slug:kind>/template.xlsx", exports.import_template, name="import_template"),
    path("workspace/exports/<slug:kind>/", exports.export_kind, name="export_kind"),
    path("workspace/exports/<slug:kind>.<str:ending>", exports.export_file, name="export_file"),
    re_path(REPORT + r"template\.xlsx$", workbooks.workbook_download, OF_REPORT, name="report_template"),
    re_path(REPORT + r"upload/$", workbooks.workbook_upload, OF_REPORT, name="report_upload"),
    re_path(REPORT + UPLOADED + "$", workbooks.workbook_look, OF_REPORT, name="report_upload_look"),
    re_path(REPORT + UPLOADED + r"marked\.xlsx$", workbooks.workbook_marked, OF_REPORT, name="report_upload_marked"),
    re_path(FRAMEWORK + r"\.xlsx$", workbooks.workbook_download, OF_FRAMEWORK, name="pmf_workbook"),
    re_path(FRAMEWORK + r"/upload/$", workbooks.workbook_upload, OF_FRAMEWORK, name="pmf_upload"),
    re_path(FRAMEWORK + "/" + UPLOADED + "$", workbooks.workbook_look, OF_FRAMEWORK, name="pmf_upload_look"),
    re_path(
        FRAMEWORK + "/" + UPLOADED + r"marked\.xlsx$", workbooks.workbook_marked, OF_FRAMEWORK, name="pmf_upload_marked"
    ),
    re_path(REPORT + r"review/$", review.report_review, name="report_review"),
    path("workspace/periods/<slug:period>/review/", review.programme_review, name="programme_review"),
    re_path(REPORT + r"narrative/$", narrative.report_narrative, name="report_narrative"),
    re_path(REPORT + r"on-behalf/$", intakes.report_on_behalf, name="report_on_behalf"),
    path("workspace/on-behalf/<int:pk>/send/", intakes.send_summary, name="intake_send"),
    path("workspace/on-behalf/<int:pk>/reopen/", intakes.reopen, name="intake_reopen"),
    path("workspace/on-behalf/<int:pk>/file/", intakes.intake_file, name="intake_file"),
    path("workspace/institutions/", institutions.institutions, name="institutions"),
    path("workspace/institutions/<slug:slug>/", institutions.institution, name="institution"),
    path(
        "workspace/institutions/<slug:slug>/verify/<int:pk>/",
        institutions.institution_verify,
        name="institution_verify",
    ),
    path("workspace/institutions/<slug:slug>/sheet.pdf", institutions.institution_sheet, name="institution_sheet"),
    path("workspace/verification/", verification.verification_rounds, name="verification_rounds"),
    path("workspace/verification/<slug:code>/", verification.verification_round, name="verification_round"),
    path("workspace/verification/<slug:code>/<int:pk>/", verification.verification_settle, name="verification_settle"),
    path("confirm/<str:code>/", intakes.confirm, name="confirm"),
    path("workspace/people/", people.people, name="people"),
    path(PEOPLE, people.people_of, name="people_of"),
    path(PEOPLE + "invitations/<int:pk>/send/", people.invitation_again, name="invitation_again"),
    path(PEOPLE + "invitations/<int:pk>/withdraw/", people.invitation_withdraw, name="invitation_withdraw"),
    path(PEOPLE + "members/<int:pk>/role/", people.member_role, name="member_role"),
    path(PEOPLE + "members/<int:pk>/remove/", people.member_remove, name="member_remove"),
    path("workspace/notifications/", notifications.notifications, name="notifications"),
    path("workspace/evidence/add/", evidence.evidence_add, name="evidence_add"),
    path("workspace/evidence/<int:pk>/file/", evidence.evidence_file, name="evidence_file"),
    path("workspace/evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("invitation/<str:code>/", invitations.invitation, name="invitation"),
]
