"""Mandates and endpoints change with a journal entry only (D14)."""

from django.db import migrations

from journal.triggers import journaled

_SUPPLIER_OF = (
    "ARRAY(SELECT supplier.oin FROM services_supplier supplier"
    " JOIN services_system system ON system.supplier_id = supplier.id WHERE system.id = {})"
)


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0001_initial"),
        ("journal", "0002_guard"),
        ("schools", "0002_journal"),
        ("services", "0002_journal"),
    ]

    operations = [
        journaled(
            "mandates_mandate",
            kind="mandate",
            key="NEW.uuid::text",
            # The board that gave it, and the one that governs the school now (D20).
            boards="ARRAY(SELECT number FROM schools_board WHERE id IN (NEW.granting_board_id,"
            " (SELECT board_id FROM schools_school WHERE id = NEW.school_id)) ORDER BY number)",
            suppliers=_SUPPLIER_OF.format("NEW.system_id"),
            secret=["token"],
        ),
        journaled(
            "mandates_endpoint",
            kind="endpoint",
            key="NEW.uuid::text",
            boards="ARRAY(SELECT number FROM schools_board WHERE id IN (SELECT school.board_id FROM schools_school school"
            " JOIN mandates_mandate mandate ON mandate.school_id = school.id WHERE mandate.id = NEW.mandate_id))",
            suppliers=_SUPPLIER_OF.format("(SELECT system_id FROM mandates_mandate WHERE id = NEW.mandate_id)"),
            fixed=["uuid", "service_version_id", "routing_id"],
        ),
    ]
