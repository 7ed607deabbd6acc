"""Net over all tables: what each model says of itself, and whether the database agrees."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.models import EmailField, GenericIPAddressField

from accounts.models import User
from nsvcs.access import Role
from nsvcs.casetext import CaseTextField
from nsvcs.identity import acting_as
from nsvcs.rls import condition, each_in
from nsvcs.statements import THIRD_PARTY, Statement
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MODELS = [
    model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
]
ROLES = ("nsvcs_web", "nsvcs_worker")

# Tables without a case id of their own, and what they go by instead.
BY_ANOTHER_COLUMN = {
    "cases_case": each_in("id", "shared"),
    "cases_victim": each_in("id", "victims"),
    "cases_safecontact": each_in("victim_id", "victims"),
    "cases_perpetrator": each_in("id", "perpetrators"),
}
# Whoever adds a table here says: nothing in it tells what happened to anybody.
OPEN = {
    "account_emailaddress",
    "account_emailconfirmation",
    "accounts_enrolmentcode",
    "accounts_knowndevice",
    "accounts_session",
    "accounts_signincount",
    "accounts_staffprofile",
    "accounts_team",
    "accounts_user",
    "accounts_workingtimereduction",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "bundles_comingfile",
    "bundles_steptime",
    "django_content_type",
    "django_migrations",
    "jobs_job",
    "mfa_authenticator",
    "nsvcs_cache",
    "logs_offlinekey",
    "referrals_alarm",
    "referrals_alarmmove",
    "referrals_alarmplace",
    "referrals_alarmtest",
    "reference_advice",
    "reference_bankholiday",
    "reference_directorychange",
    "reference_limit",
    "reference_organisation",
    "reference_preset",
    "referrals_lettertemplate",
    "referrals_supportservice",
    "referrals_supportsubcode",
}
CLOSED = {
    "audit_digest",
    "audit_event",
    "audit_seal",
    "audit_unsealed",
    "bundles_sealeddigest",
    "cases_referencecounter",
    "nsvcs_identity_key",
}
WITHOUT_A_MODEL = {"django_migrations", "nsvcs_cache", "nsvcs_identity_key"}
# What the victim wrote and what became of it: no later version of the code may make these changeable.
NEVER_CHANGED = {
    "audit_digest",
    "audit_event",
    "audit_seal",
    "bundles_bundlecheck",
    "bundles_falsealarm",
    "bundles_gaterun",
    "bundles_picturewords",
    "bundles_releasereceipt",
    "bundles_releasestep",
    "bundles_bundlefile",
    "bundles_sealeddigest",
    "bundles_bundleterm",
    "cases_consent",
    "cases_consentwithdrawal",
    "cases_contact",
    "cases_shareopening",
    "cases_message",
    "cases_messageread",
    "cases_note",
    "cases_plannedcontact",
    "cases_safecontact",
    "cases_statuschange",
    "referrals_referralmove",
    "referrals_sharedfield",
    "referrals_sharingdecision",
    "referrals_withoutconsent",
    "logs_amendment",
    "logs_caption",
    "logs_custodyevent",
    "logs_evidence",
    "logs_evidencefact",
    "logs_evidencelock",
    "logs_incident",
    "logs_incidentline",
    "logs_incidentseen",
    "logs_patternswitch",
    "logs_rendition",
    "logs_writtenoffline",
    "logs_scan",
    "logs_transcript",
    "logs_translation",
    "referrals_episodeaim",
    "referrals_episodemove",
    "referrals_episodereview",
    "referrals_letter",
    "referrals_letterfile",
    "referrals_lettergiven",
    "referrals_lettertaking",
    "referrals_supportsession",
    "referrals_sessionnote",
    "reference_directorychange",
    "referrals_signpost",
    "referrals_signpostoutcome",
    "referrals_signpostread",
    "referrals_signposttakenback",
    "referrals_restorativemove",
    "referrals_signoff",
    "referrals_signoffrequest",
    "referrals_alarmloanstep",
    "referrals_alarmmove",
    "referrals_alarmrenewal",
    "referrals_alarmrequeststep",
    "referrals_alarmtest",
}
# Rows of a case that may be deleted; everything else about a case leaves by disposal only.
# A source read again with other answers: its lines are read anew; those of an entry are held by its link.
# The text of a part that is still to be made goes once it is made.
# A redaction is taken back until its bundle is asked for; from then on a trigger holds it.
DELETABLE = {"bundles_partorder", "bundles_redaction", "logs_importline"}
# Tables where one more policy takes away from what the kind allows; none may ever give.
# In a table that both sides of a case read, the portal writes some rows or none: its narrowing is never left out.
INSERTED = ["portal_insert"]
CHANGED = ["portal_insert", "portal_update"]
NARROWED = {
    "bundles_portalcopy": CHANGED,
    "cases_case": CHANGED,
    "cases_caseperpetrator": ["portal_update"],
    "cases_consent": INSERTED,
    "cases_consentwithdrawal": INSERTED,
    "cases_message": ["own_name"],
    "cases_messageread": ["own_name"],
    "cases_plannedcontact": INSERTED,
    "jobs_outgoing": CHANGED,
    "logs_amendment": INSERTED,
    "logs_caption": INSERTED,
    "logs_custodyevent": INSERTED,
    "logs_evidence": INSERTED,
    "logs_evidencefact": INSERTED,
    "logs_filepassword": CHANGED,
    "logs_importbatch": CHANGED,
    "logs_importline": ["portal_delete", *CHANGED],
    "logs_incident": INSERTED,
    "logs_incidentline": INSERTED,
    "logs_incidentseen": INSERTED,
    "logs_patternswitch": INSERTED,
    "logs_rendition": INSERTED,
    "logs_scan": INSERTED,
    "logs_transcript": INSERTED,
    "logs_translation": INSERTED,
    "logs_writtenoffline": INSERTED,
    "reference_directorychange": ["own_name"],
    "reference_organisation": ["staff_insert", "staff_update"],
    "referrals_signpost": INSERTED,
    "referrals_signpostread": ["own_name"],
    "referrals_signposttakenback": INSERTED,
    "referrals_alarmrequest": CHANGED,
    "referrals_alarmrequeststep": INSERTED,
    # The stock is read on pages, and written, by who lends it alone.
    **dict.fromkeys(
        (f"referrals_alarm{table}" for table in ("", "move", "place", "test")),
        ["staff_insert", "staff_select", "staff_update"],
    ),
}
DEFINERS = {
    "alarm_agrees",
    "alarm_last_lent",
    "alarms_due",
    "add_perpetrator",
    "accounts_purge_sign_ins",
    "logs_purge_offline",
    "logs_purge_passwords",
    "arrival_names",
    "arrivals_coming",
    "arrivals_stuck",
    "audit_head",
    "audit_heads",
    "audit_keep_digest",
    "audit_last_digest",
    "audit_openings",
    "bundled_entries",
    "case_of_arrival",
    "audit_record",
    "audit_seal_some",
    "evidence_wanting",
    "expire_arrivals",
    "file_names_beside",
    "forget_drafts",
    "forget_parts",
    "hand_over_arrival",
    "hidden_match",
    "infected_files",
    "keep_sealed",
    "known_digest",
    "leave_my_portal",
    "letter_names",
    "locked_files",
    "my_caseworkers",
    "my_caseworkers_since",
    "my_perpetrators",
    "my_portal_cases",
    "my_shared_cases",
    "my_staff_cases",
    "my_victims",
    "never_scanned",
    "newest_stamps",
    "next_entry_number",
    "next_exhibit_number",
    "nsvcs_identity_holds",
    "nsvcs_job",
    "nsvcs_me",
    "open_case",
    "open_with_reason",
    "originals_to_check",
    "part_names",
    "portals_open",
    "referral_answered",
    "referral_basis",
    "referral_held_back",
    "referral_shown",
    "referrals_waiting",
    "release_held_back",
    "restricted_unheld",
    "share_link",
    "share_link_tried",
    "scans_due",
    "scans_to_repeat",
    "stored_names",
    "support_without_session",
    "unlock_evidence",
}
WORKERS_ONLY = {
    "alarm_last_lent",
    "alarms_due",
    "accounts_purge_sign_ins",
    "logs_purge_offline",
    "logs_purge_passwords",
    "arrival_names",
    "arrivals_coming",
    "arrivals_stuck",
    "audit_heads",
    "audit_keep_digest",
    "audit_last_digest",
    "audit_seal_some",
    "evidence_wanting",
    "expire_arrivals",
    "file_names_beside",
    "forget_drafts",
    "forget_parts",
    "hand_over_arrival",
    "keep_sealed",
    "letter_names",
    "never_scanned",
    "newest_stamps",
    "originals_to_check",
    "part_names",
    "referrals_waiting",
    "scans_due",
    "scans_to_repeat",
    "stored_names",
    "support_without_session",
}


def table_of(model: type[models.Model]) -> str:
    return model._meta.db_table


def statement_of(model: type[models.Model]) -> Statement | None:
    return model.__dict__.get("statement") or THIRD_PARTY.get(table_of(model))


def of_kind(*kinds: str) -> list[type[models.Model]]:
    return [model for model in MODELS if (said := statement_of(model)) and said.policy in kinds]


def rows(sql: str, parameters: Iterable[Any] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return cursor.fetchall()


def each(found: list[type[models.Model]]) -> Any:
    return pytest.mark.parametrize("model", found, ids=table_of)


# --- what the models say -------------------------------------------------------------------------------------------


@each(MODELS)
def test_every_model_says_who_may_see_it_what_is_personal_and_how_long_it_is_kept(model):
    said = statement_of(model)
    assert said is not None, f"{model.__name__} has no statement of its own"
    assert said.policy in {"staff", "shared", "own", "open", "closed"}
    assert said.retention
    assert set(said.personal) <= {field.name for field in model._meta.get_fields()}


@each(MODELS)
def test_narratives_and_addresses_are_stated_as_personal(model):
    written = {f.name for f in model._meta.fields if isinstance(f, CaseTextField | EmailField | GenericIPAddressField)}
    assert written <= set(statement_of(model).personal)


@each(of_kind("staff", "shared", "own"))
def test_every_protected_model_answers_visible_to_for_every_role_and_a_role_it_does_not_know(model):
    for user in [*(UserFactory(role=role) for role in Role.values), User(role="stranger")]:
        with acting_as(user.pk):
            assert list(model._default_manager.visible_to(user)[:1]) == []


@each(of_kind("staff", "shared"))
def test_every_row_of_a_case_carries_its_case(model):
    columns = {field.column for field in model._meta.fields}
    assert "case_id" in columns or table_of(model) in BY_ANOTHER_COLUMN


def test_open_and_closed_tables_are_these_and_no_others():
    assert {table_of(model) for model in of_kind("open")} == OPEN - WITHOUT_A_MODEL
    assert {table_of(model) for model in of_kind("closed")} == CLOSED - WITHOUT_A_MODEL


# --- what the database does ----------------------------------------------------------------------------------------


def test_every_table_belongs_to_a_model_or_to_a_short_list():
    found = {name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert found == {table_of(model) for model in MODELS} | WITHOUT_A_MODEL
    other = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm', 'f')"
    assert rows(other) == []


def test_row_security_is_on_for_every_table_but_the_key():
    sql = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    assert rows(f"{sql} AND NOT relrowsecurity") == [("nsvcs_identity_key",)]


def expected_condition(model: type[models.Model]) -> str:
    kind = statement_of(model).policy
    return BY_ANOTHER_COLUMN.get(table_of(model)) or condition(kind, "user_id" if kind == "own" else "case_id")


def policies(table: str) -> list[Any]:
    sql = "SELECT policyname, permissive, roles, cmd, qual, with_check FROM pg_policies WHERE tablename = %s"
    return rows(sql + " ORDER BY policyname", [table])


@each(of_kind("staff", "shared", "own", "open"))
def test_every_table_has_exactly_the_policy_of_its_kind(model):
    table = table_of(model)
    narrowed = [policy for policy in policies(table) if policy[0] != "who"]
    assert [name for name, *_ in narrowed] == NARROWED.get(table, [])
    assert {permissive for _name, permissive, *_ in narrowed} <= {"RESTRICTIVE"}
    using = expected_condition(model)
    with connection.cursor() as cursor:  # the database puts both into its own words; this one is rolled back
        cursor.execute(f'CREATE POLICY expected ON "{table}" USING ({using}) WITH CHECK ({using})')
    expected, found = [policy for policy in policies(table) if policy[0] in {"expected", "who"}]
    assert found[1:] == expected[1:]


@each(of_kind("shared"))
def test_every_verb_on_a_shared_table_is_narrowed_for_the_portal(model):
    table = table_of(model)
    verbs = granted(table)["nsvcs_web"] - {"SELECT"}
    assert {verb for _name, _permissive, _roles, verb, *_ in policies(table) if verb != "ALL"} == verbs


@pytest.mark.parametrize("table", sorted(CLOSED))
def test_closed_tables_have_no_policy_and_no_grant(table):
    assert policies(table) == []
    assert granted(table) == {role: set() for role in ROLES}


def granted(table: str) -> dict[str, set[str]]:
    sql = (
        "SELECT coalesce(r.rolname, 'public'), a.privilege_type FROM pg_class c, aclexplode(c.relacl) a"
        " LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE c.relname = %s AND a.grantee <> c.relowner"
    )
    found: dict[str, set[str]] = {role: set() for role in ROLES}
    for role, verb in rows(sql, [table]):
        found.setdefault(role, set()).add(verb)
    return found


@each(of_kind("staff", "shared", "own", "open"))
def test_every_table_grants_what_its_kind_allows_to_two_roles_alone(model):
    table = table_of(model)
    grants = granted(table)
    assert set(grants) == set(ROLES)
    assert grants["nsvcs_web"] == grants["nsvcs_worker"]
    verbs = grants["nsvcs_web"]
    assert "SELECT" in verbs
    assert verbs <= {"SELECT", "INSERT", "UPDATE", "DELETE"}
    if statement_of(model).policy in {"staff", "shared"} and table not in DELETABLE:
        assert "DELETE" not in verbs


def test_no_column_is_granted_by_itself():
    assert rows("SELECT attrelid::regclass FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid > 16384") == []


def triggered() -> set[str]:
    sql = (
        "SELECT tgrelid::regclass::text FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE p.proname = 'nsvcs_refuse_change' AND tgenabled = 'O' AND (tgtype & 58) = 58"  # before u, d, t
    )
    return {table for (table,) in rows(sql)}


def test_what_is_never_changed_is_held_by_grant_and_by_trigger():
    assert triggered() >= NEVER_CHANGED
    for table in triggered():
        assert not granted(table)["nsvcs_web"] & {"UPDATE", "DELETE"}, table
    for model in of_kind("staff", "shared"):
        verbs = granted(table_of(model))["nsvcs_web"]
        assert "INSERT" not in verbs or "UPDATE" in verbs or table_of(model) in triggered(), model


def cross_links() -> list[tuple[str, str, str]]:
    """Child, column and parent wherever both tables carry a case."""
    with_case = {table_of(m): m for m in of_kind("staff", "shared") if "case_id" in {f.column for f in m._meta.fields}}
    return [
        (table, field.column, table_of(field.related_model))
        for table, model in with_case.items()
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey) and table_of(field.related_model) in with_case
    ]


@pytest.mark.parametrize(("child", "column", "parent"), cross_links())
def test_a_child_is_held_to_the_case_of_its_parent(child, column, parent):
    sql = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass"
    wanted = f"FOREIGN KEY ({column}, case_id) REFERENCES {parent}(id, case_id)"
    assert any(definition.startswith(wanted) for (definition,) in rows(sql, [child])), wanted


# --- functions and roles -------------------------------------------------------------------------------------------

OURS = (
    "SELECT p.proname, p.prosecdef, p.proconfig, coalesce(array_agg(coalesce(r.rolname::text, 'public'))"
    " FILTER (WHERE a.grantee <> p.proowner), '{}')"
    " FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a"
    " LEFT JOIN pg_roles r ON r.oid = a.grantee WHERE p.pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') GROUP BY p.oid"
)


OWN_PLANS = {"my_staff_cases": ["plan_cache_mode=force_generic_plan"]}


def test_functions_with_the_owners_rights_are_these_and_hold_their_search_path():
    definers = {name: (config, callers) for name, definer, config, callers in rows(OURS) if definer}
    assert set(definers) == DEFINERS
    for name, (config, callers) in definers.items():
        assert config == ["search_path=public, pg_temp", *OWN_PLANS.get(name, ())], name
        assert set(callers) == ({"nsvcs_worker"} if name in WORKERS_ONLY else set(ROLES)), name


def test_only_the_refusing_trigger_may_be_called_by_anybody():
    assert [name for name, _, _, callers in rows(OURS) if "public" in callers] == ["nsvcs_refuse_change"]


@pytest.mark.parametrize("role", ROLES)
def test_the_roles_own_nothing_and_stand_under_row_security(role):
    sql = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s"
    assert rows(sql, [role]) == [(False,) * 5]
    assert rows("SELECT 1 FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = %s", [role]) == []
    members = "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s"
    assert rows(members, [role]) == []
    assert rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]) == [(False,)]
