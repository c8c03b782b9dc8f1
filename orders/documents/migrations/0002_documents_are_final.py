"""What a paper says is never changed. Rows may be deleted on SQLite only, where test databases are emptied that way."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER documents_document_final BEFORE UPDATE ON documents_document
BEGIN SELECT RAISE(ABORT, 'a document is final'); END
"""
POSTGRES = [
    """
CREATE FUNCTION documents_row_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is final', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
""",
    """
CREATE TRIGGER documents_document_final BEFORE UPDATE OR DELETE ON documents_document
FOR EACH ROW EXECUTE FUNCTION documents_row_final()
""",
]


def guard(apps, schema_editor):
    statements = POSTGRES if schema_editor.connection.vendor == "postgresql" else [SQLITE]
    for statement in statements:
        # No parameters: a % of the statement is meant as it stands.
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER documents_document_final ON documents_document")
        schema_editor.execute("DROP FUNCTION documents_row_final()")
    else:
        schema_editor.execute("DROP TRIGGER documents_document_final")


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
