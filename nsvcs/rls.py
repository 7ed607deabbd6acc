"""Row security as migration operations: every table is given its grants and its policy by hand, none by default.

The four kinds are described in `docs/access.md`. Policies compare a row's own case id with an array that a definer
function computes once per query; measured against subqueries and row functions this was the only form that stayed
below 20 ms on a million rows.
"""

from collections.abc import Iterable

from django.db import migrations, models

from nsvcs.statements import PolicyKind

ROLES = "nsvcs_web, nsvcs_worker"

# Named arrays. Each is read through a scalar subquery, so that PostgreSQL computes it once and not row by row.
ARRAYS = {
    "staff": "my_staff_cases()",
    "portal": "my_portal_cases()",
    "shared": "my_shared_cases()",
    "victims": "my_victims()",
    "perpetrators": "my_perpetrators()",
}


def any_of(column: str, array: str) -> str:
    """SQL that holds when `column` is in one of the named arrays."""
    return f"{column} = ANY ((SELECT {ARRAYS[array]})::uuid[])"


def each_in(column: str, array: str) -> str:
    """SQL for a policy: as `any_of`, but asked of each row that was found, never a way to find rows.

    As a way it was taken even where a row's key was known: with "all of mine" among a subquery's own conditions, an
    index sorted a manager's array of 1,300 cases again for each row outside. A page's own filter, `Within`, is a way.
    """
    return f"({any_of(column, array)}) IS TRUE"


def acts_as(*roles: str) -> str:
    """SQL that holds when who acts has one of these roles, on an account that has not ended; asked once a query."""
    named = ", ".join(f"'{role}'" for role in roles)
    who = "u.id = (SELECT nsvcs_me()) AND u.is_active"
    return f"EXISTS (SELECT 1 FROM accounts_user u WHERE {who} AND u.role IN ({named}))"  # noqa: S608 - our own words


CASEWORK = acts_as("caseworker", "manager")


class Within(models.Func):
    """Holds when a column is in one of the named arrays: as the policy does, for the pages' own filters.

    Not `IN (SELECT unnest(…))`: PostgreSQL takes such an array for short and then makes it anew for every row.
    """

    output_field = models.BooleanField()

    def __init__(self, column: str, array: str) -> None:
        """Compare `column` with the array of this name."""
        super().__init__(models.F(column), template=any_of("%(expressions)s", array))


def condition(kind: PolicyKind, column: str) -> str:
    """SQL of the policy for one kind of table."""
    if kind == "own":
        return f"{column} = (SELECT nsvcs_me())"
    if kind == "open":
        return "true"
    return each_in(column, kind)


def statements(table: str, using: str, verbs: Iterable[str]) -> list[str]:
    """The statements that open a table to the two roles for some verbs and close it for everything else."""
    granted = ", ".join(verbs)
    return [
        f'REVOKE ALL ON "{table}" FROM PUBLIC, {ROLES}',
        f'GRANT {granted} ON "{table}" TO {ROLES}',
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS who ON "{table}"',
        f'CREATE POLICY who ON "{table}" USING ({using}) WITH CHECK ({using})',
    ]


class Protect(migrations.RunSQL):
    """Give a table its policy and grants.

    Args:
        table: the table's name.
        kind: `staff`, `shared`, `own` or `open`.
        column: the column compared with the array or, for `own`, with the signed-in person.
        write: false leaves the table readable only.
        append_only: insert and select only, and a trigger that refuses update and delete whoever asks.
        delete: whether rows may be deleted.
        array: another named array instead of the kind's own (`victims`, `perpetrators`).
        sequence: for a table with a counting key: the grant its sequence needs.
    """

    def __init__(
        self,
        table: str,
        kind: PolicyKind,
        column: str = "case_id",
        *,
        write: bool = True,
        append_only: bool = False,
        delete: bool = False,
        array: str = "",
        sequence: str = "",
    ) -> None:
        using = each_in(column, array) if array else condition(kind, column)
        verbs = ["SELECT"]
        if write:
            verbs += ["INSERT"] if append_only else ["INSERT", "UPDATE"]
        if delete:
            verbs.append("DELETE")
        sql = statements(table, using, verbs)
        if sequence:
            sql.append(f"GRANT USAGE ON SEQUENCE {sequence} TO {ROLES}")
        if append_only:
            sql.append(
                f'CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION nsvcs_refuse_change()"
            )
        super().__init__(tuple(sql), migrations.RunSQL.noop)


class PortalWrites(migrations.RunSQL):
    """Beside the policy of a shared table: which of its rows the person in the portal may write. Staff lose nothing.

    The kind lets both sides of a case read its rows, and so it let both write them.

    Args:
        table: the table's name.
        when: SQL that must hold of a row she writes; without it only staff write here.
        verbs: what the table's grants let anybody do with rows.
        column: as for `Protect`.
    """

    def __init__(
        self, table: str, when: str = "false", *, verbs: Iterable[str] = ("INSERT",), column: str = "case_id"
    ) -> None:
        rule = f"(({any_of(column, 'portal')}) IS NOT TRUE OR ({when}))"
        # A row that stands there already is asked the same: nobody changes it into one of her own.
        clauses = {
            "INSERT": f"WITH CHECK {rule}",
            "UPDATE": f"USING {rule} WITH CHECK {rule}",
            "DELETE": f"USING {rule}",
        }
        super().__init__(
            [
                f"CREATE POLICY portal_{verb.lower()} ON {table} AS RESTRICTIVE FOR {verb} TO {ROLES} {clauses[verb]}"
                for verb in verbs
            ],
            migrations.RunSQL.noop,
        )


class Narrow(migrations.RunSQL):
    """Beside a table's own policy: one more that must hold for a verb. It takes away and never gives.

    Args:
        table: the table's name.
        name: the policy's; one of this name is replaced.
        verb: `SELECT`, `INSERT` or `UPDATE`.
        rule: SQL that must hold.
        roles: for which database roles.
        was: the rule that stood there before, for going back; empty where there was none.
    """

    def __init__(self, table: str, name: str, verb: str, rule: str, *, roles: str = ROLES, was: str = "") -> None:
        drop = f'DROP POLICY IF EXISTS {name} ON "{table}"'

        def policy(held: str) -> str:
            clauses = {"SELECT": f"USING ({held})", "INSERT": f"WITH CHECK ({held})"}
            both = f"USING ({held}) WITH CHECK ({held})"
            clause = clauses.get(verb, both)
            return f'CREATE POLICY {name} ON "{table}" AS RESTRICTIVE FOR {verb} TO {roles} {clause}'

        super().__init__([drop, policy(rule)], [drop, policy(was)] if was else [drop])


class Reword(migrations.RunSQL):
    """Put a table's policy into the words that `Protect` has now; what it says stays.

    Args:
        table: the table's name.
        kind: as for `Protect`.
        column: as for `Protect`.
        array: as for `Protect`.
    """

    def __init__(self, table: str, kind: PolicyKind, column: str = "case_id", *, array: str = "") -> None:
        using = each_in(column, array) if array else condition(kind, column)
        super().__init__(f'ALTER POLICY who ON "{table}" USING ({using}) WITH CHECK ({using})', migrations.RunSQL.noop)


class CloseTable(migrations.RunSQL):
    """A table nobody reaches but through definer functions."""

    def __init__(self, table: str, *, append_only: bool = False) -> None:
        sql = [
            f'REVOKE ALL ON "{table}" FROM PUBLIC, {ROLES}',
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        ]
        if append_only:
            sql.append(
                f'CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION nsvcs_refuse_change()"
            )
        super().__init__(tuple(sql), migrations.RunSQL.noop)


class SameCase(migrations.RunSQL):
    """Hold a grandchild's own `case_id` equal to its parent's, by a composite foreign key."""

    def __init__(self, child: str, parent: str, column: str) -> None:
        key = f"{parent}_id_case_id_key"
        super().__init__(
            [
                f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = '{key}') THEN "  # noqa: S608
                f'ALTER TABLE "{parent}" ADD CONSTRAINT {key} UNIQUE (id, case_id); END IF; END $$',
                f'ALTER TABLE "{child}" ADD CONSTRAINT {child}_{column}_same_case '
                f'FOREIGN KEY ({column}, case_id) REFERENCES "{parent}" (id, case_id) DEFERRABLE INITIALLY DEFERRED',
            ],
            migrations.RunSQL.noop,
        )


class Function(migrations.RunSQL):
    """A definer function that both roles may call.

    Args:
        signature: name and arguments, as in `my_things(p_day date)`.
        returns: the type it returns.
        body: SQL or PL/pgSQL.
        language: `sql` or `plpgsql`.
        volatility: `STABLE`, `VOLATILE` or `IMMUTABLE`.
        call: how it is named in a grant, when arguments have types to leave out of `signature` names.
        roles: who may call it.
        one_plan: plan its queries once for a connection and not for the values of each call.
    """

    def __init__(
        self,
        signature: str,
        returns: str,
        body: str,
        *,
        language: str = "sql",
        volatility: str = "STABLE",
        roles: str = ROLES,
        one_plan: bool = False,
    ) -> None:
        plan = "SET plan_cache_mode = force_generic_plan " if one_plan else ""
        name, _, arguments = signature.partition("(")
        types = ", ".join(part.strip().split(" ", 1)[1] for part in arguments.rstrip(")").split(",") if part.strip())
        super().__init__(
            [
                f"CREATE OR REPLACE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} {volatility} "
                f"SECURITY DEFINER SET search_path = public, pg_temp {plan}AS $body${body}$body$",
                f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
                f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {roles}",
            ],
            migrations.RunSQL.noop,
        )
