"""A mandate lasts no longer than the agreements it needs, and an agreement ends with its mandates (D5, A7)."""

from django.db import migrations

LASTING = """
-- The days on which a board has an agreement of this kind in force.
CREATE FUNCTION agreements_days(of_board bigint, of_kind text) RETURNS datemultirange STABLE LANGUAGE sql
    RETURN coalesce((SELECT range_agg(daterange(signed_on, ended_on + 1)) FROM agreements_agreement
                      WHERE board_id = of_board AND kind = of_kind), '{}');

-- Days are only ever given with all agreements on each of them; the days that a mandate had already are not asked about
-- again.
CREATE FUNCTION mandates_mandate_days() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    needed text;
    given datemultirange := datemultirange(daterange(NEW.start_date, NEW.end_date + 1));
BEGIN
    IF TG_OP = 'UPDATE' THEN
        given := given - datemultirange(daterange(OLD.start_date, OLD.end_date + 1));
    END IF;
    FOR needed IN
        SELECT unnest(ARRAY['OSR', agreement_kind]) FROM services_service WHERE id = NEW.service_id
    LOOP
        IF needed <> '' AND NOT given <@ agreements_days(NEW.granting_board_id, needed) THEN
            PERFORM osr_refuse(format('The board has no %s agreement in force on all days of the mandate (D5).', needed));
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE TRIGGER mandate_is_given_for_days_with_agreements BEFORE INSERT ON mandates_mandate
    FOR EACH ROW WHEN (NEW.end_date IS NULL OR NEW.end_date >= NEW.start_date)
    EXECUTE FUNCTION mandates_mandate_days();
CREATE TRIGGER mandate_gets_days_with_agreements BEFORE UPDATE ON mandates_mandate
    FOR EACH ROW WHEN ((NEW.end_date IS NULL OR NEW.end_date >= NEW.start_date)
                       AND (NEW.start_date < OLD.start_date
                            OR coalesce(NEW.end_date, 'infinity') > coalesce(OLD.end_date, 'infinity')))
    EXECUTE FUNCTION mandates_mandate_days();

-- Asked at the end of the transaction: the mandates end in it as well, or another agreement has come in its place. Who
-- ends an agreement locks its board, and so does whoever gives or changes mandates.
CREATE FUNCTION mandates_agreement_ended() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    covered datemultirange := agreements_days(NEW.board_id, NEW.kind);
    afterwards datemultirange := datemultirange(daterange(NEW.ended_on + 1, NULL));
BEGIN
    IF EXISTS (
        SELECT FROM mandates_mandate mandate JOIN services_service service ON service.id = mandate.service_id
         WHERE mandate.granting_board_id = NEW.board_id
           AND (NEW.kind = 'OSR' OR service.agreement_kind = NEW.kind)
           AND (mandate.end_date IS NULL OR mandate.end_date > NEW.ended_on)
           AND NOT datemultirange(daterange(mandate.start_date, mandate.end_date + 1)) * afterwards <@ covered) THEN
        PERFORM osr_refuse(format('Mandates need this %s agreement after its last day; they end with it (A7).', NEW.kind));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER agreement_ends_with_its_mandates AFTER UPDATE ON agreements_agreement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.ended_on IS NOT NULL AND NEW.ended_on IS DISTINCT FROM OLD.ended_on)
    EXECUTE FUNCTION mandates_agreement_ended();
"""

UNDO_LASTING = """
DROP FUNCTION mandates_agreement_ended CASCADE;
DROP FUNCTION mandates_mandate_days CASCADE;
DROP FUNCTION agreements_days;
"""


class Migration(migrations.Migration):
    dependencies = [("mandates", "0009_signatories"), ("agreements", "0005_signing_rules")]
    operations = [migrations.RunSQL(LASTING, UNDO_LASTING)]
