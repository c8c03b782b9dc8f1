"""On PostgreSQL: a category, organisation unit, channel or enterprise that is called or placed otherwise tells search,
whoever changed it. One event each; its receiver writes all products below it again. Elsewhere `check_search` finds
names that documents do not show."""

from django.db import migrations

TABLES = {
    "products_category": ("category.changed", "name_zh, name_en, name_ru, path, slug"),
    "regions_orgunit": ("unit.changed", "name_zh, name_en, name_ru, path, code"),
    "channels_channel": ("channel.changed", "is_active, currency, code"),
    "enterprises_enterprise": ("enterprise.changed", "name_zh, name_en, name_ru, state, number"),
}
FUNCTION = """
CREATE OR REPLACE FUNCTION search_tell_name_{table}() RETURNS trigger AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM outbox_outboxevent
        WHERE topic = '{topic}' AND subject = NEW.id::text AND done_at IS NULL AND dead_at IS NULL
          AND xmin = pg_current_xact_id()::xid
    ) THEN
        INSERT INTO outbox_outboxevent (topic, subject, payload, created_at, due_at, attempts, error)
        VALUES ('{topic}', NEW.id::text, '{{"reason": "sql"}}', clock_timestamp(), clock_timestamp(), 0, '');
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
ATTACH = """
CREATE CONSTRAINT TRIGGER search_tell_name AFTER UPDATE OF {columns} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION search_tell_name_{table}()
"""


def attach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, (topic, columns) in TABLES.items():
        differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in columns.split(", "))
        schema_editor.execute(FUNCTION.format(table=table, topic=topic))
        schema_editor.execute(ATTACH.format(table=table, columns=columns, differs=differs))


def detach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER search_tell_name ON {table}")
        schema_editor.execute(f"DROP FUNCTION search_tell_name_{table}()")


class Migration(migrations.Migration):
    dependencies = [
        ("search_products", "0005_few_hits"),
        ("outbox", "0001_initial"),
        ("products", "0001_initial"),
        ("regions", "0001_initial"),
        ("channels", "0001_initial"),
        ("enterprises", "0001_initial"),
    ]
    operations = [migrations.RunPython(attach, detach)]
