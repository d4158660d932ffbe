from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='connection',
            name='auth_kind',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='connection',
            name='access',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='connection',
            name='base_url',
            field=models.CharField(blank=True, max_length=2048),
        ),
    ]
