from django.db import migrations, models

#: Parts stand inside the total of their indicator, period and scope, where one is shown to as many.
INSIDE_A_TOTAL = """
UPDATE indicators_result AS part SET is_row = false
WHERE part.breakdown_key <> '' AND EXISTS (
    SELECT 1 FROM indicators_result AS total
    WHERE total.breakdown_key = ''
    AND total.is_public = part.is_public
    AND total.indicator_id = part.indicator_id
    AND total.period_id = part.period_id
    AND COALESCE(total.project_id, 0) = COALESCE(part.project_id, 0)
    AND COALESCE(total.country_id, 0) = COALESCE(part.country_id, 0)
    AND COALESCE(total.partner_id, 0) = COALESCE(part.partner_id, 0)
    AND COALESCE(total.forum_id, 0) = COALESCE(part.forum_id, 0)
)
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
