"""The audit log is append-only in the database itself.

Only the reference to a user may be emptied, as when an account is erased. The
statements are those of the migration that brings them to a running site.
"""

from sqlalchemy import DDL, FromClause, event

SQLITE = (
    """
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry
WHEN NEW.id <> OLD.id OR NEW.action <> OLD.action OR NEW.subject <> OLD.subject
  OR NEW.happened_at <> OLD.happened_at
  OR (NEW.user_id IS NOT NULL AND NEW.user_id IS NOT OLD.user_id)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END
""",
    """
CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END
""",
)
POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION audit_entry_append_only() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.action = OLD.action
    AND NEW.subject::text = OLD.subject::text AND NEW.happened_at = OLD.happened_at
    AND (NEW.user_id IS NULL OR NEW.user_id IS NOT DISTINCT FROM OLD.user_id)
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END
$$ LANGUAGE plpgsql
""",
    """
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_append_only()
""",
)


def append_only(table: FromClause) -> None:
    """Have the triggers made together with the table, as in tests and the demo."""
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for statement in statements:
            # The library's constructor is untyped.
            made = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", made)
