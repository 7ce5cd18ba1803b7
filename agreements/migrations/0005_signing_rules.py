"""Rules of signing that no constraint can say: the order of the steps, who may take them, what never changes (A2-A6)."""

from django.db import migrations

from journal.triggers import journaled

_BOARD = "ARRAY(SELECT number FROM schools_board WHERE id = NEW.board_id)"

RULES = """
CREATE FUNCTION agreements_refuse(problem text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%', problem USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Who acts, as the declared act says it.
CREATE FUNCTION agreements_actor() RETURNS jsonb STABLE LANGUAGE sql SET search_path = public, pg_temp
    RETURN coalesce(nullif(current_setting('osr.act', true), '')::jsonb->'actor', '{}'::jsonb);

CREATE FUNCTION agreements_gives_a_reason(actor jsonb) RETURNS boolean IMMUTABLE LANGUAGE sql
    RETURN coalesce(trim(actor->>'reason'), '') <> '';

CREATE FUNCTION agreements_may_sign(actor jsonb, for_board bigint) RETURNS boolean STABLE LANGUAGE sql
    RETURN actor->>'kind' = 'signatory' AND EXISTS (
        SELECT FROM accounts_membership membership JOIN schools_board board ON board.id = membership.board_id
         WHERE membership.user_id = (actor->>'user_id')::bigint AND board.id = for_board
           AND board.number = actor->>'board_number' AND membership.role = 'signatory' AND membership.is_active);

ALTER TABLE agreements_document ADD CONSTRAINT document_is_what_its_sha256_says
    CHECK (sha256 = encode(sha256(content), 'hex'));

CREATE FUNCTION agreements_template_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.version <> (SELECT count(*) + 1 FROM agreements_template WHERE kind = NEW.kind) THEN
        PERFORM agreements_refuse('Versions of a kind of agreement are numbered without gaps (A4).');
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.published_on IS NOT NULL THEN
        PERFORM agreements_refuse('A version that was published never changes (A4).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER template_is_new BEFORE INSERT ON agreements_template
    FOR EACH ROW EXECUTE FUNCTION agreements_template_rules();
CREATE TRIGGER template_changes_as_draft BEFORE UPDATE ON agreements_template
    FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION agreements_template_rules();

CREATE FUNCTION agreements_offer_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    actor jsonb := agreements_actor();
    text_of_it agreements_template;
    signed agreements_agreement;
BEGIN
    IF TG_OP = 'INSERT' AND NEW.status NOT IN ('requested', 'offered') THEN
        PERFORM agreements_refuse('An offer begins as requested or offered (A2).');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.status IN ('signed', 'declined', 'withdrawn') THEN
            PERFORM agreements_refuse(format('An offer that was %s stays so (A2).', OLD.status));
        END IF;
        IF OLD.status = 'requested' AND NEW.status NOT IN ('requested', 'offered', 'withdrawn')
           OR OLD.status = 'offered' AND NEW.status = 'requested' THEN
            PERFORM agreements_refuse(format('An offer does not go from %s to %s (A2).', OLD.status, NEW.status));
        END IF;
        IF OLD.status = 'offered' AND NEW.template_id <> OLD.template_id THEN
            PERFORM agreements_refuse('The text of what was offered stays as it is (A4).');
        END IF;
    END IF;

    SELECT * INTO text_of_it FROM agreements_template WHERE id = NEW.template_id;
    IF text_of_it.kind <> NEW.kind THEN
        PERFORM agreements_refuse('The text of an offer is of its own kind (A4).');
    END IF;
    IF text_of_it.published_on IS NULL THEN
        PERFORM agreements_refuse('A draft is not offered (A4).');
    END IF;

    IF NEW.status IN ('signed', 'declined') THEN
        IF NOT agreements_may_sign(actor, NEW.board_id) THEN
            PERFORM agreements_refuse('Only a signatory of the board signs or declines (A3).');
        END IF;
    ELSIF actor->>'kind' = 'support' THEN
        IF NOT agreements_gives_a_reason(actor) THEN
            PERFORM agreements_refuse('Support gives a reason (A2).');
        END IF;
    ELSIF actor->>'kind' <> 'register' AND NOT (
        TG_OP = 'INSERT' AND NEW.status = 'requested' AND actor->>'kind' IN ('administrator', 'signatory')
        AND actor->>'board_number' = (SELECT number FROM schools_board WHERE id = NEW.board_id)) THEN
        PERFORM agreements_refuse('A board requests its own agreements, and support does the rest (A2).');
    END IF;

    IF NEW.status = 'signed' THEN
        SELECT * INTO signed FROM agreements_agreement WHERE id = NEW.agreement_id;
        IF (signed.board_id, signed.kind, signed.template_id, signed.signed_by_id, signed.on_paper)
           IS DISTINCT FROM (NEW.board_id, NEW.kind, NEW.template_id, (actor->>'user_id')::bigint, false) THEN
            PERFORM agreements_refuse('What was signed is what was offered (A3).');
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER offer_is_new_by_the_rules BEFORE INSERT ON agreements_offer
    FOR EACH ROW EXECUTE FUNCTION agreements_offer_rules();
CREATE TRIGGER offer_changes_by_the_rules BEFORE UPDATE ON agreements_offer
    FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION agreements_offer_rules();

CREATE FUNCTION agreements_agreement_new() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    actor jsonb := agreements_actor();
BEGIN
    IF NEW.template_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM agreements_template
         WHERE id = NEW.template_id AND kind = NEW.kind AND published_on IS NOT NULL) THEN
        PERFORM agreements_refuse('What is signed is a published text of the same kind (A4).');
    END IF;
    IF NEW.supersedes_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM agreements_agreement
         WHERE id = NEW.supersedes_id AND board_id = NEW.board_id AND kind = NEW.kind
           AND ended_on = NEW.signed_on - 1) THEN
        PERFORM agreements_refuse('An agreement comes in the place of the one that ended the day before (A4).');
    END IF;
    -- Support registers what was signed on paper; a register file knows the days only (A6).
    IF actor->>'kind' <> 'register' AND NEW.signed_on > osr_today() THEN
        PERFORM agreements_refuse('Nothing is signed in the future (A3, A6).');
    END IF;
    IF NEW.signed_by_id IS NOT NULL OR actor->>'kind' = 'signatory' THEN
        IF NOT agreements_may_sign(actor, NEW.board_id)
           OR NEW.signed_by_id IS DISTINCT FROM (actor->>'user_id')::bigint THEN
            PERFORM agreements_refuse('Only a signatory of the board signs, under their own name (A3).');
        END IF;
    ELSIF actor->>'kind' = 'support' THEN
        IF NOT NEW.on_paper OR NOT agreements_gives_a_reason(actor) THEN
            PERFORM agreements_refuse('Support registers agreements on paper only, with a reason (A6).');
        END IF;
    ELSIF actor->>'kind' <> 'register' THEN
        PERFORM agreements_refuse('Only a signatory of the board signs (A3).');
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER agreement_is_signed_by_who_may BEFORE INSERT ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION agreements_agreement_new();

CREATE FUNCTION agreements_agreement_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    actor jsonb := agreements_actor();
BEGIN
    IF actor->>'kind' = 'register' OR agreements_may_sign(actor, NEW.board_id)
       OR (actor->>'kind' = 'support' AND agreements_gives_a_reason(actor)) THEN
        RETURN NEW;
    END IF;
    PERFORM agreements_refuse('Support ends an agreement, with a reason, or a signatory by signing another (A2, A7).');
END $$;

CREATE TRIGGER agreement_ends_by_who_may BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW WHEN (NEW IS DISTINCT FROM OLD) EXECUTE FUNCTION agreements_agreement_ends();

-- Asked at the end of the transaction: first the agreement is made, then the offer points to it.
CREATE FUNCTION agreements_agreement_was_offered() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM agreements_offer WHERE agreement_id = NEW.id AND status = 'signed') THEN
        PERFORM agreements_refuse('What is signed in the register was offered (A2).');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER agreement_was_offered AFTER INSERT ON agreements_agreement
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.signed_by_id IS NOT NULL) EXECUTE FUNCTION agreements_agreement_was_offered();

-- Of an agreement only the last day changes.
DROP TRIGGER keeps_what_it_is ON agreements_agreement;
CREATE TRIGGER keeps_what_it_is BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION journal_keep('id', 'uuid', 'board_id', 'kind', 'template_id', 'signed_on',
        'signatory_name', 'signatory_function', 'signed_by_id', 'on_paper', 'document_id', 'supersedes_id');
"""

UNDO_RULES = """
DROP TRIGGER keeps_what_it_is ON agreements_agreement;
CREATE TRIGGER keeps_what_it_is BEFORE UPDATE ON agreements_agreement
    FOR EACH ROW EXECUTE FUNCTION journal_keep('id', 'board_id', 'kind', 'signed_on');
DROP FUNCTION agreements_agreement_was_offered CASCADE;
DROP FUNCTION agreements_agreement_ends CASCADE;
DROP FUNCTION agreements_agreement_new CASCADE;
DROP FUNCTION agreements_offer_rules CASCADE;
DROP FUNCTION agreements_template_rules CASCADE;
ALTER TABLE agreements_document DROP CONSTRAINT document_is_what_its_sha256_says;
DROP FUNCTION agreements_may_sign;
DROP FUNCTION agreements_gives_a_reason;
DROP FUNCTION agreements_actor;
DROP FUNCTION agreements_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0004_signing"),
        ("accounts", "0003_roles"),
        ("schools", "0003_moves_and_cases"),
    ]

    operations = [
        journaled(
            "agreements_template",
            kind="template",
            key="NEW.kind || ' ' || NEW.version",
            fixed=["kind", "version"],
        ),
        journaled(
            "agreements_offer", kind="offer", key="NEW.uuid::text", boards=_BOARD, fixed=["uuid", "board_id", "kind"]
        ),
        # The journal remembers which document it was, by its SHA-256; the document itself stays where it is.
        journaled(
            "agreements_document",
            kind="document",
            key="NEW.id::text",
            secret=["content"],
            fixed=["sha256", "content", "made_on"],
        ),
        migrations.RunSQL(RULES, UNDO_RULES),
    ]
