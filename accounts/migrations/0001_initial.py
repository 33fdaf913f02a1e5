import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(help_text='The person signs in with it and is written to at it.', max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(help_text='How the person is addressed and shown to colleagues.', max_length=150, verbose_name='name')),
                ('language', models.CharField(choices=[('fr', 'French'), ('es', 'Spanish'), ('en', 'English')], default='fr', help_text='The language of messages and of the workspace.', max_length=2, verbose_name='language')),
                ('time_zone', models.CharField(default='America/Toronto', help_text='Due dates are shown in this time zone, for example America/Lima.', max_length=63, verbose_name='time zone')),
                ('is_staff', models.BooleanField(default=False, help_text='May open the administration.', verbose_name='staff')),
                ('is_active', models.BooleanField(default=True, help_text='Untick instead of deleting: what the person did stays on record.', verbose_name='active')),
                ('is_demonstration', models.BooleanField(default=False, help_text='Made by the set-up on a development machine.', verbose_name='demonstration account')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='joined at')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'ordering': ('email',),
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_is_unique', violation_error_message='Somebody already signs in with this e-mail address.'), models.CheckConstraint(condition=models.Q(('language__in', ['fr', 'es', 'en'])), name='user_language_is_known', violation_error_message='Choose one of the values that the list offers.')],
            },
        ),
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='made at')),
                ('door', models.CharField(choices=[('fixture', 'loaded from a file'), ('admin', 'administration'), ('grid', 'entry grid'), ('import', 'spreadsheet import'), ('workspace', 'partner workspace'), ('on_behalf', 'entered on behalf of a partner'), ('command', 'command line')], help_text='Where the write came in.', max_length=12, verbose_name='door')),
                ('reason', models.TextField(blank=True, help_text='Why, in the words of whoever made it.', verbose_name='reason')),
                ('made_by', models.ForeignKey(blank=True, help_text='Empty when a command made it without anybody signed in.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'change',
                'verbose_name_plural': 'changes',
                'ordering': ('-made_at', '-pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('door__in', ['fixture', 'admin', 'grid', 'import', 'workspace', 'on_behalf', 'command'])), name='change_door_is_known', violation_error_message='Choose one of the values that the list offers.')],
            },
        ),
    ]
