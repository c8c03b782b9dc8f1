"""No program changes or removes an event, nor what it says of lots and units. PostgreSQL empties test databases by
TRUNCATE, which no trigger of a row sees."""

from django.db import migrations

TABLES = ("trace_traceevent", "trace_traceeventlot", "trace_traceeventunit")
SQLITE = """
CREATE TRIGGER {table}_final_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'trace events are final'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION trace_event_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'trace events are final' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_final BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION trace_event_final()
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION)
        for table in TABLES:
            schema_editor.execute(POSTGRES_TRIGGER.format(table=table))
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(SQLITE.format(table=table, verb=verb))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {table}_final ON {table}")
        schema_editor.execute("DROP FUNCTION trace_event_final()")
        return
    for table in TABLES:
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER {table}_final_{verb}")


class Migration(migrations.Migration):
    dependencies = [("trace", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
