from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('synclog', '0003_webhook_flow'),
    ]

    operations = [
        migrations.AlterField(
            model_name='syncrun',
            name='flow',
            field=models.CharField(choices=[('aircraft', 'Aircraft'), ('aircraft_models', 'Aircraft models'), ('hours_cycles', 'Hours cycles'), ('defects', 'Defects'), ('flight_logs', 'Flight logs'), ('due_items', 'Due items'), ('trips', 'Trips'), ('customers', 'Customers'), ('invoices', 'Invoices'), ('payments', 'Payments'), ('expenses', 'Expenses'), ('ledger_accounts', 'Ledger accounts'), ('messages', 'Messages'), ('maintenance_bookings', 'Maintenance bookings'), ('maintenance_parts', 'Maintenance parts'), ('webhooks', 'Webhooks'), ('components', 'Components')], max_length=20),
        ),
    ]
