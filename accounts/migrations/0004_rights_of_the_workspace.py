"""Rights over what the partners' workspace brought: invitations, verification rounds and their answers, notifications."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

APPS = ("partners", "indicators")
#: Whether the role writes, and whether it decides.
ROLES = {
    "Administrators": (True, True),
    "Monitoring specialists": (True, True),
    "Data-entry staff": (True, False),
    "Readers": (False, False),
}
#: Who writes each kind of record, where somebody does: those who write, or only those who decide.
WRITTEN = {"invitation": "writes", "confirmation": "writes", "verificationround": "decides"}
READ_ONLY = ("notification",)


def give_rights(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in APPS:
        # Django makes permissions when all migrations are done, which is too late for this one.
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, interactive=False, using=using, apps=apps)
        config.models_module = None
    groups = apps.get_model("auth", "Group").objects.using(using)
    permissions = list(
        apps.get_model("auth", "Permission")
        .objects.using(using)
        .filter(content_type__app_label__in=APPS, content_type__model__in=[*WRITTEN, *READ_ONLY])
        .select_related("content_type")
    )
    for name, (writes, decides) in ROLES.items():
        group, _ = groups.get_or_create(name=name)
        for each in permissions:
            who = WRITTEN.get(each.content_type.model)
            if each.codename.startswith("view_") or (who == "writes" and writes) or (who == "decides" and decides):
                group.permissions.add(each)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_roles"),
        ("partners", "0002_invitations"),
        ("indicators", "0004_verification_and_notifications"),
    ]

    # Backwards the groups stay: people are in them.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop, elidable=False)]
