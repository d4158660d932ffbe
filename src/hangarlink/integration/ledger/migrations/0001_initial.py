import django.db.models.deletion
import hangarlink.platform.tenancy.models
from django.db import migrations, models

from hangarlink.platform.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('connections', '0001_initial'),
        ('billing', '0001_initial'),
        ('tenancy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerAccount',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('external_id', models.CharField(max_length=120)),
                ('name', models.CharField(max_length=500)),
                ('kind', models.CharField(blank=True, max_length=500)),
                ('number', models.CharField(blank=True, max_length=500)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.BigIntegerField(default=1)),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('connection', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='ledger_accounts', to='connections.connection')),
            ],
            options={
                'db_table': 'ledger_account',
                'constraints': [models.UniqueConstraint(fields=('connection', 'external_id'), name='ledger_account_once')],
            },
        ),
        migrations.CreateModel(
            name='AccountMapping',
            fields=[
                ('id', models.UUIDField(default=hangarlink.platform.tenancy.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('category_id', models.UUIDField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.account')),
                ('connection', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='account_mappings', to='connections.connection')),
                ('ledger_account', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='ledger.ledgeraccount')),
            ],
            options={
                'db_table': 'account_mapping',
                'constraints': [models.UniqueConstraint(fields=('connection', 'category_id'), name='account_mapping_once')],
            },
        ),
        IsolateTenants(
            "ledger_account",
            "account_mapping",
            referenced=("ledger_account",),
            references=(
                ("ledger_account", "connection_id", "connection"),
                ("account_mapping", "connection_id", "connection"),
                ("account_mapping", "category_id", "cost_category"),
                ("account_mapping", "ledger_account_id", "ledger_account"),
            ),
        ),
    ]
