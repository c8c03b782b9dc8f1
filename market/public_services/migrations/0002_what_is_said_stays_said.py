"""A published version is never changed, nor is what somebody did about a case. Rows may be deleted on SQLite only, where
test databases are emptied that way; PostgreSQL, which empties by TRUNCATE, is what production runs on."""

from django.db import migrations

VERSION, RESULT = "public_services_serviceversion", "public_services_stepresult"
SQLITE = [
    f"""
CREATE TRIGGER service_version_final BEFORE UPDATE ON {VERSION} WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published version is final'); END
""",
    f"""
CREATE TRIGGER service_result_final BEFORE UPDATE ON {RESULT}
BEGIN SELECT RAISE(ABORT, 'results of steps are final'); END
""",
]
POSTGRES = [
    """
CREATE FUNCTION public_services_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is final', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
""",
    f"""
CREATE TRIGGER service_version_final BEFORE UPDATE OR DELETE ON {VERSION}
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION public_services_final()
""",
    f"""
CREATE TRIGGER service_result_final BEFORE UPDATE OR DELETE ON {RESULT}
FOR EACH ROW EXECUTE FUNCTION public_services_final()
""",
]
TRIGGERS = {"service_version_final": VERSION, "service_result_final": RESULT}


def guard(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        # No parameters: a % of the statement is meant as it stands.
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if postgres:
        schema_editor.execute("DROP FUNCTION public_services_final()")


class Migration(migrations.Migration):
    dependencies = [("public_services", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
