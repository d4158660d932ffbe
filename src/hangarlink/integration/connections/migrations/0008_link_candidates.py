import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0007_components_flow'),
    ]

    operations = [
        migrations.AddField(
            model_name='link',
            name='candidates',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
    ]
