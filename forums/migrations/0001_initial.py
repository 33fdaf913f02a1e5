import accounts.models
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        ('partners', '0001_initial'),
        ('projects', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Forum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts the saves, so that two people never overwrite each other.', verbose_name='version')),
                ('slug', models.SlugField(help_text='Stands in addresses; never changed once published.', max_length=60, unique=True, verbose_name='slug')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('title', models.CharField(help_text='As printed.', max_length=250, verbose_name='title')),
                ('language', models.CharField(choices=[('fr', 'French'), ('es', 'Spanish'), ('en', 'English')], max_length=2, verbose_name='language of the title')),
                ('translated_title_fr', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('translated_title_es', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('translated_title_en', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('summary_fr', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('summary_es', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('summary_en', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('mode', models.CharField(choices=[('in_person', 'in person'), ('virtual', 'virtual'), ('hybrid', 'hybrid')], max_length=10, verbose_name='mode')),
                ('city', models.CharField(blank=True, help_text='Empty for a virtual forum.', max_length=100, verbose_name='city')),
                ('country', models.ForeignKey(blank=True, help_text='Where it was held. Its figures stay regional all the same.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hosted_forums', to='partners.country', verbose_name='country of the place')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forums', to='projects.programme', verbose_name='programme')),
                ('themes', models.ManyToManyField(blank=True, related_name='forums', to='projects.theme', verbose_name='themes and dimensions')),
            ],
            options={
                'verbose_name': 'forum',
                'verbose_name_plural': 'forums',
                'ordering': ('programme', 'number'),
                'constraints': [models.UniqueConstraint(fields=('programme', 'number'), name='forum_number_is_unique_in_its_programme', violation_error_message='The programme already has a forum with this number.'), models.CheckConstraint(condition=models.Q(('mode__in', ['in_person', 'virtual', 'hybrid'])), name='forum_mode_is_known', violation_error_message='Choose one of the values that the list offers.'), models.CheckConstraint(condition=models.Q(('language__in', ['fr', 'es', 'en'])), name='forum_language_is_known', violation_error_message='Choose one of the values that the list offers.'), models.CheckConstraint(condition=models.Q(models.Q(('mode', 'virtual'), _negated=True), models.Q(('city', ''), ('country__isnull', True)), _connector='OR'), name='forum_that_is_virtual_has_no_place', violation_error_message='A virtual forum has no place.')],
            },
        ),
        migrations.CreateModel(
            name='ForumDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts the saves, so that two people never overwrite each other.', verbose_name='version')),
                ('day', models.DateField(verbose_name='day')),
                ('forum', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='days', to='forums.forum', verbose_name='forum')),
            ],
            options={
                'verbose_name': 'day of a forum',
                'verbose_name_plural': 'days of a forum',
                'ordering': ('forum', 'day'),
                'constraints': [models.UniqueConstraint(fields=('forum', 'day'), name='forum_day_is_listed_once', violation_error_message='This day is already listed.')],
            },
        ),
        migrations.CreateModel(
            name='HistoricalForum',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts the saves, so that two people never overwrite each other.', verbose_name='version')),
                ('slug', models.SlugField(help_text='Stands in addresses; never changed once published.', max_length=60, verbose_name='slug')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('title', models.CharField(help_text='As printed.', max_length=250, verbose_name='title')),
                ('language', models.CharField(choices=[('fr', 'French'), ('es', 'Spanish'), ('en', 'English')], max_length=2, verbose_name='language of the title')),
                ('translated_title_fr', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('translated_title_es', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('translated_title_en', models.CharField(blank=True, help_text='Our own, marked as unofficial.', max_length=250, verbose_name='translated title')),
                ('summary_fr', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('summary_es', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('summary_en', models.TextField(blank=True, help_text='What it was about, in a few sentences of our own.', verbose_name='summary')),
                ('mode', models.CharField(choices=[('in_person', 'in person'), ('virtual', 'virtual'), ('hybrid', 'hybrid')], max_length=10, verbose_name='mode')),
                ('city', models.CharField(blank=True, help_text='Empty for a virtual forum.', max_length=100, verbose_name='city')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('change', models.ForeignKey(default=accounts.models.open_change_pk, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.change')),
                ('country', models.ForeignKey(blank=True, db_constraint=False, help_text='Where it was held. Its figures stay regional all the same.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='partners.country', verbose_name='country of the place')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('programme', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='projects.programme', verbose_name='programme')),
            ],
            options={
                'verbose_name': 'historical forum',
                'verbose_name_plural': 'historical forums',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalForumDay',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts the saves, so that two people never overwrite each other.', verbose_name='version')),
                ('day', models.DateField(verbose_name='day')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('change', models.ForeignKey(default=accounts.models.open_change_pk, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.change')),
                ('forum', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='forums.forum', verbose_name='forum')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical day of a forum',
                'verbose_name_plural': 'historical days of a forum',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
    ]
