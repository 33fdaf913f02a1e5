"""The roles of staff, as groups with their rights; later migrations add to them, this copy of the rights stays as it is."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RENAMED = {"CICan staff": "Data-entry staff"}

BUSINESS_APPS = ("partners", "projects", "forums", "indicators", "library")
FRAMEWORK = ("goal", "expectedresult", "dimension", "category", "breakdown", "indicator", "reportingperiod")
READ_ONLY = ("result", "review")
REVIEWING = ("review_submission", "publish_reportingperiod", "correct_reportingperiod")
#: Rights over these are given by 0004. A new database already knows them here: its tables are made in one migration.
LATER = ("invitation", "confirmation", "verificationround", "notification")
LOOKING_UP = ("accounts.view_change", "accounts.view_import")
ENTERING = (
    *LOOKING_UP,
    "accounts.view_user",
    "accounts.add_import",
    "accounts.change_import",
    "accounts.view_storedfile",
    "accounts.add_storedfile",
)
MANAGING_ACCOUNTS = ("accounts.add_user", "accounts.change_user", "auth.view_group")

#: Name of the group: whether it writes, whether it decides, what else it may do.
ROLES = {
    "Administrators": (True, True, (*ENTERING, *MANAGING_ACCOUNTS)),
    "Monitoring specialists": (True, True, ENTERING),
    "Data-entry staff": (True, False, ENTERING),
    "Readers": (False, False, LOOKING_UP),
}


def holds(role, permission):
    writes, decides, others = ROLES[role]
    app, model = permission.content_type.app_label, permission.content_type.model
    action = permission.codename.partition("_")[0]
    if app not in BUSINESS_APPS:
        return f"{app}.{permission.codename}" in others
    if model.startswith("historical") or model in LATER:
        return False
    if action == "view":
        return True
    if permission.codename in REVIEWING:
        return decides
    return (
        writes
        and action in ("add", "change", "delete")
        and model not in READ_ONLY
        and (decides or model not in FRAMEWORK)
    )


def make_roles(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in (*BUSINESS_APPS, "accounts", "auth"):
        # Django makes permissions when all migrations are done, which is too late for this one.
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, interactive=False, using=using, apps=apps)
        config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(using)
    for before, after in RENAMED.items():
        if not groups.filter(name=after).exists():
            groups.filter(name=before).update(name=after)
    permissions = list(apps.get_model("auth", "Permission").objects.using(using).select_related("content_type"))
    for name in ROLES:
        group, _ = groups.get_or_create(name=name)
        group.permissions.add(*(each for each in permissions if holds(name, each)))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_files_and_imports"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("partners", "0001_initial"),
        ("projects", "0001_initial"),
        ("forums", "0001_initial"),
        ("indicators", "0002_entry_on_behalf_and_reminders"),
        ("library", "0001_initial"),
    ]

    # Backwards the groups stay: people are in them.
    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop, elidable=False)]
