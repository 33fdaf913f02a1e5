from django.db import migrations, models

#: What a total and its parts have in common, as one text: compared column by column, empty ones with 0, the planner of
#: PostgreSQL takes a handful of rows to be alike, and looks through millions of them one by one.
SCOPE = " || '/' || ".join(
    (
        "is_public",
        "indicator_id",
        "period_id",
        *(f"COALESCE({part}_id, 0)" for part in ("project", "country", "partner", "forum")),
    )
)
#: Parts stand inside the total of their indicator, period and scope, where one is shown to as many.
INSIDE_A_TOTAL = f"""
UPDATE indicators_result SET is_row = false
WHERE breakdown_key <> '' AND {SCOPE} IN (SELECT {SCOPE} FROM indicators_result WHERE breakdown_key = '')
"""


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0006_figures_that_are_asked_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='result',
            name='is_row',
            field=models.BooleanField(default=True, help_text='A total, or a part that no total of its scope and period holds.'),
        ),
        migrations.RunSQL(INSIDE_A_TOTAL, migrations.RunSQL.noop),
    ]
