"""On PostgreSQL: stock that no action changed tells of its product when something is left or nothing any more (not when
there is more or less), a warehouse that opens or closes of all it holds, a picture of the product it shows. Elsewhere
`check_search` finds such changes."""

from django.db import migrations

LEFT = "({row}.on_hand > {row}.reserved)"
STOCK = """
CREATE OR REPLACE FUNCTION search_tell_stock() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM search_tell_product_changed((SELECT product_id FROM products_variant WHERE id = OLD.variant_id));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM search_tell_product_changed((SELECT product_id FROM products_variant WHERE id = NEW.variant_id));
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
WAREHOUSE = """
CREATE OR REPLACE FUNCTION search_tell_warehouse() RETURNS trigger AS $$
BEGIN
    PERFORM search_tell_product_changed(held.product_id) FROM (
        SELECT DISTINCT v.product_id FROM stock_stockitem s JOIN products_variant v ON v.id = s.variant_id
        WHERE s.warehouse_id = NEW.id
    ) held;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
PICTURE = """
CREATE OR REPLACE FUNCTION search_tell_picture() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM search_tell_product_changed(OLD.product_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM search_tell_product_changed(NEW.product_id); END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""
FLIPPED = (
    f"{LEFT.format(row='OLD')} <> {LEFT.format(row='NEW')} OR OLD.variant_id <> NEW.variant_id"
    " OR OLD.warehouse_id <> NEW.warehouse_id"
)
# Name, table, what happens to it, and when that counts.
TRIGGERS = (
    ("search_tell_stock", "stock_stockitem", "UPDATE", FLIPPED),
    ("search_tell_stock_new", "stock_stockitem", "INSERT", LEFT.format(row="NEW")),
    ("search_tell_stock_gone", "stock_stockitem", "DELETE", LEFT.format(row="OLD")),
    ("search_tell_warehouse", "stock_warehouse", "UPDATE", "OLD.is_active <> NEW.is_active"),
    ("search_tell_picture", "products_productimage", "INSERT OR UPDATE OR DELETE", "true"),
)
FUNCTIONS = {"stock_stockitem": "search_tell_stock", "stock_warehouse": "search_tell_warehouse"}
ATTACH = """
CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()
"""


def attach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for function in (STOCK, WAREHOUSE, PICTURE):
        schema_editor.execute(function)
    for name, table, event, condition in TRIGGERS:
        function = FUNCTIONS.get(table, "search_tell_picture")
        schema_editor.execute(
            ATTACH.format(name=name, table=table, event=event, condition=condition, function=function)
        )


def detach(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, table, _, _ in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
    for function in ("stock", "warehouse", "picture"):
        schema_editor.execute(f"DROP FUNCTION search_tell_{function}()")


class Migration(migrations.Migration):
    dependencies = [
        ("search_products", "0006_tell_of_new_names"),
        ("products", "0003_certificates"),
        ("stock", "0001_initial"),
    ]
    operations = [migrations.RunPython(attach, detach)]
