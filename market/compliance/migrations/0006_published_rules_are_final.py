"""A rule of a published set is never changed: what was decided by it must be replayable. A new set replaces an old one.
Rows may be deleted on SQLite only, where test databases are emptied that way (see 0003)."""

from django.db import migrations

PUBLISHED = "EXISTS (SELECT 1 FROM compliance_ruleset WHERE id IN ({rows}) AND published_at IS NOT NULL)"
SQLITE_RULE = f"""
CREATE TRIGGER compliance_published_rule_final BEFORE UPDATE ON compliance_traderule
WHEN {PUBLISHED.format(rows="OLD.rule_set_id, NEW.rule_set_id")}
BEGIN SELECT RAISE(ABORT, 'rules of a published set are final'); END
"""
SQLITE_ADDED = f"""
CREATE TRIGGER compliance_published_rule_added BEFORE INSERT ON compliance_traderule
WHEN {PUBLISHED.format(rows="NEW.rule_set_id")}
BEGIN SELECT RAISE(ABORT, 'rules of a published set are final'); END
"""
SQLITE_SET = """
CREATE TRIGGER compliance_published_set_final BEFORE UPDATE OF version, hash ON compliance_ruleset
WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published rule set is final'); END
"""
SQLITE_FINDING = """
CREATE TRIGGER compliance_ownership_finding_final BEFORE UPDATE ON compliance_ownershipfinding
BEGIN SELECT RAISE(ABORT, 'ownership findings are final'); END
"""
POSTGRES = [
    """
CREATE FUNCTION compliance_published_rule_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF EXISTS (SELECT 1 FROM compliance_ruleset WHERE id IN (OLD.rule_set_id, NEW.rule_set_id)
             AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'rules of a published set are final' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$
""",
    """
CREATE FUNCTION compliance_row_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is final', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
""",
    """
CREATE TRIGGER compliance_published_rule_final BEFORE INSERT OR UPDATE OR DELETE ON compliance_traderule
FOR EACH ROW EXECUTE FUNCTION compliance_published_rule_final()
""",
    """
CREATE TRIGGER compliance_published_set_final BEFORE UPDATE OF version, hash ON compliance_ruleset
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION compliance_row_final()
""",
    """
CREATE TRIGGER compliance_ownership_finding_final BEFORE UPDATE OR DELETE ON compliance_ownershipfinding
FOR EACH ROW EXECUTE FUNCTION compliance_row_final()
""",
]
TRIGGERS = {
    "compliance_published_rule_final": "compliance_traderule",
    "compliance_published_set_final": "compliance_ruleset",
    "compliance_ownership_finding_final": "compliance_ownershipfinding",
}


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        statements = POSTGRES
    else:
        statements = [SQLITE_RULE, SQLITE_ADDED, SQLITE_SET, SQLITE_FINDING]
    for statement in statements:
        # No parameters: a % of the statement is meant as it stands.
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for name, table in TRIGGERS.items():
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}" if postgres else f"DROP TRIGGER {name}")
    if not postgres:
        schema_editor.execute("DROP TRIGGER compliance_published_rule_added")
    else:
        schema_editor.execute("DROP FUNCTION compliance_published_rule_final()")
        schema_editor.execute("DROP FUNCTION compliance_row_final()")


class Migration(migrations.Migration):
    dependencies = [("compliance", "0005_reasons_in_russian")]
    operations = [migrations.RunPython(guard, unguard)]
