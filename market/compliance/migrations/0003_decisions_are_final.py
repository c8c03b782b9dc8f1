"""A stored decision cannot be changed by any program. On SQLite rows may still be deleted: test databases are emptied
that way, and PostgreSQL, which empties by TRUNCATE, is what production runs on."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER compliance_decision_final BEFORE UPDATE ON compliance_compliancedecision
BEGIN SELECT RAISE(ABORT, 'compliance decisions are final'); END
"""
POSTGRES_FUNCTION = """
CREATE FUNCTION compliance_decision_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'compliance decisions are final' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER compliance_decision_final BEFORE UPDATE OR DELETE ON compliance_compliancedecision
FOR EACH ROW EXECUTE FUNCTION compliance_decision_final()
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION)
        schema_editor.execute(POSTGRES_TRIGGER)
    else:
        schema_editor.execute(SQLITE)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER compliance_decision_final ON compliance_compliancedecision")
        schema_editor.execute("DROP FUNCTION compliance_decision_final()")
    else:
        schema_editor.execute("DROP TRIGGER compliance_decision_final")


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_seed_rules")]
    operations = [migrations.RunPython(guard, unguard)]
