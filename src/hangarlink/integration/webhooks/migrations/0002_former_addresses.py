"""An application's one address of before becomes an endpoint like any other.

It had no signing secret, and nothing was ever sent to it: so it begins paused, and is resumed by whoever gives it a
secret and tells the receiver.
"""

from django.db import migrations

_ENDPOINTS = """
INSERT INTO webhook_endpoint (
    id, account_id, application_id, url, description, event_types, changed_fields, strict_order, state, stop_code,
    missed_since, created_at, secret_set_at, failures
)
SELECT gen_random_uuid(), account_id, id, webhook_url, left(name, 200), '{}', '{}', false, 'paused', '',
       now(), now(), now(), 0
FROM oauth_application a
WHERE webhook_url <> '' AND revoked_at IS NULL
  AND NOT EXISTS (SELECT FROM webhook_endpoint e WHERE e.application_id = a.id AND e.url = a.webhook_url)
"""


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial"), ("applications", "0001_initial")]
    run_before = [("applications", "0002_no_webhook_url")]
    # The tables are altered later, which PostgreSQL refuses while this statement's deferred checks wait.
    operations = [
        migrations.RunSQL(_ENDPOINTS, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
