"""Services, suppliers, systems and keys change with a journal entry only (D14)."""

from django.db import migrations

from journal.triggers import journaled

_SUPPLIER_OF = (
    "ARRAY(SELECT supplier.oin FROM services_supplier supplier"
    " JOIN services_system system ON system.supplier_id = supplier.id WHERE system.id = {})"
)


class Migration(migrations.Migration):
    dependencies = [("services", "0001_initial"), ("journal", "0002_guard")]

    operations = [
        journaled("services_service", kind="service", key="NEW.code", fixed=["code"]),
        journaled(
            "services_serviceversion",
            kind="service_version",
            key="NEW.namespace",
            fixed=["uuid", "service_id", "namespace"],
        ),
        journaled("services_suppliergroup", kind="supplier_group", key="NEW.name", fixed=["name"]),
        journaled("services_supplier", kind="supplier", key="NEW.oin", suppliers="ARRAY[NEW.oin]", fixed=["oin"]),
        journaled(
            "services_system",
            kind="system",
            key="NEW.uuid::text",
            suppliers=_SUPPLIER_OF.format("NEW.id"),
            fixed=["uuid", "supplier_id"],
        ),
        journaled(
            "services_qualification",
            kind="qualification",
            key="(SELECT uuid FROM services_system WHERE id = NEW.system_id) || '/'"
            " || (SELECT code FROM services_service WHERE id = NEW.service_id)",
            suppliers=_SUPPLIER_OF.format("NEW.system_id"),
            fixed=["system_id", "service_id"],
        ),
        journaled(
            "services_apikey",
            kind="api_key",
            key="NEW.id::text",
            suppliers=_SUPPLIER_OF.format("NEW.system_id"),
            secret=["digest"],
            fixed=["system_id", "digest"],
        ),
    ]
