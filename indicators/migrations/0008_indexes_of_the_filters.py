from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('forums', '0001_initial'),
        ('indicators', '0007_rows_of_results'),
        ('partners', '0002_invitations'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='result',
            name='result_for_pages',
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(condition=models.Q(('is_public', True), ('is_row', True)), fields=['is_latest', 'programme', 'indicator', 'nature', 'family', 'level', 'themes', 'project', 'country', 'partner', 'forum', 'status', 'due_on', 'verification', 'target', 'target_final', 'period'], name='result_rows'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(condition=models.Q(('is_public', True), ('is_row', True)), fields=['programme', 'nature', 'period', 'is_latest'], name='result_rows_of_periods'),
        ),
        migrations.AddIndex(
            model_name='result',
            index=models.Index(condition=models.Q(('is_latest', True), ('is_public', True)), fields=['programme', 'nature', 'breakdown_key', 'is_row'], name='result_latest_parts'),
        ),
    ]
