"""Equipment on loan: the stock, open to every colleague; requests and loans, which belong to a case."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import nsvcs.casetext
import nsvcs.ids
import referrals.models.equipment_loans
from nsvcs.rls import ROLES, Function, PortalWrites, Protect, SameCase

# The stock is open to be read; it is written by colleagues alone.
COLLEAGUES_WRITE = """
CREATE POLICY staff_insert ON {table} AS RESTRICTIVE FOR INSERT TO {roles} WITH CHECK ({rule});
CREATE POLICY staff_update ON {table} AS RESTRICTIVE FOR UPDATE TO {roles} USING ({rule}) WITH CHECK ({rule})
"""
A_COLLEAGUE = "(SELECT u.role <> 'victim' FROM accounts_user u WHERE u.id = (SELECT nsvcs_me()))"

# What she asked for stays as she wrote it: of a request only where it stands and until when she has the unit changes.
AS_WRITTEN = """
CREATE FUNCTION referrals_alarmrequest_as_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.case_id, NEW.risks, NEW.risk_words, NEW.places, NEW.where_words, NEW.way, NEW.way_words,
        NEW.language, NEW.by_id, NEW.at) IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.risks, OLD.risk_words, OLD.places,
        OLD.where_words, OLD.way, OLD.way_words, OLD.language, OLD.by_id, OLD.at) THEN
        RAISE EXCEPTION 'a request stays as it was written';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER as_written BEFORE UPDATE ON referrals_alarmrequest
    FOR EACH ROW EXECUTE FUNCTION referrals_alarmrequest_as_written();
REVOKE ALL ON FUNCTION referrals_alarmrequest_as_written() FROM PUBLIC;
"""

# Looked at when a transaction ends. It sees every loan, whoever acts: a unit lent to a case that one may not open is
# lent all the same.
AGREES = """
DECLARE
    unit uuid;
    stands text;
    lent text;
BEGIN
    IF TG_TABLE_NAME = 'referrals_alarm' THEN
        unit := NEW.id;
    ELSE
        unit := NEW.alarm_id;
    END IF;
    SELECT a.state INTO stands FROM referrals_alarm a WHERE a.id = unit;
    SELECT l.state INTO lent FROM referrals_alarmloan l WHERE l.alarm_id = unit AND upper_inf(l.period);
    IF (lent IS NULL AND stands NOT IN ('reserved', 'on_loan')) OR (lent = 'reserved' AND stands = 'reserved')
        OR (lent = 'issued' AND stands IN ('on_loan', 'faulty')) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a unit and its loans disagree' USING ERRCODE = 'check_violation', CONSTRAINT = 'alarm_agrees';
END
"""
AGREES_WHEN = """
CREATE CONSTRAINT TRIGGER agrees AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION alarm_agrees()
"""

# Lent units that are late: to come back, or for a test. For the clock, which may see no case.
ALARMS_DUE = """
    SELECT l.id, l.case_id FROM referrals_alarmloan l JOIN referrals_alarm a ON a.id = l.alarm_id
    WHERE l.state = 'issued' AND (l.due_on < p_today OR (a.state = 'on_loan' AND a.tested_on <= p_tested_until))
"""
HERS = "by_id = (SELECT nsvcs_me()) AND state = 'asked' AND due_on IS NULL"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_session_late"),
        ("referrals", "0005_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("serial", models.CharField(max_length=60, verbose_name="serial number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("attack_alarm", "Personal attack alarm"),
                            ("gps_alarm", "GPS-monitored alarm"),
                            ("door_alarm", "Door or window alarm"),
                            ("second_phone", "Second phone"),
                            ("doorbell", "Video doorbell"),
                            ("door_camera", "Door camera"),
                            ("dash_camera", "Dash camera"),
                            ("other", "Something else"),
                        ],
                        max_length=12,
                        verbose_name="type",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        choices=[("new", "New"), ("good", "Good"), ("worn", "Worn"), ("damaged", "Damaged")],
                        max_length=8,
                        verbose_name="condition",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("in_stock", "In stock"),
                            ("reserved", "Reserved"),
                            ("on_loan", "On loan"),
                            ("returned_to_test", "Returned, to be tested"),
                            ("faulty", "Faulty"),
                            ("lost", "Lost"),
                            ("retired", "Retired"),
                        ],
                        default="in_stock",
                        max_length=16,
                    ),
                ),
                ("battery_changed_on", models.DateField(blank=True, null=True)),
                ("tested_on", models.DateField(blank=True, null=True)),
                ("notes", models.CharField(blank=True, max_length=400)),
                ("version", models.PositiveIntegerField(default=1)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmLoan",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("issued", "On loan"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("cancelled", "Reservation given up"),
                        ],
                        default="reserved",
                        max_length=10,
                    ),
                ),
                (
                    "period",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        default=referrals.models.equipment_loans.from_now_on
                    ),
                ),
                ("issued_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True, verbose_name="due back")),
                ("is_demonstrated", models.BooleanField(default=False)),
                (
                    "handed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("office", "Picked up at our office"),
                            ("meeting", "Handed over in person"),
                            ("trusted", "Picked up by somebody the victim trusts"),
                            ("post", "By post"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "receipt",
                    models.CharField(
                        blank=True,
                        choices=[("signed", "Signed on paper"), ("said", "Acknowledged in words")],
                        max_length=8,
                    ),
                ),
                (
                    "tamper_check",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("clean", "Looked: nothing found"),
                            ("found", "Looked: something found"),
                            ("not_done", "Not looked at yet"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "tracker_check",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("clean", "Looked: nothing found"),
                            ("found", "Looked: something found"),
                            ("not_done", "Not looked at yet"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "wiped",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Wiped"), ("nothing", "Nothing to wipe"), ("not_done", "Not wiped yet")],
                        max_length=8,
                    ),
                ),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="referrals.alarm"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarm_loans", to="cases.case"
                    ),
                ),
                (
                    "demonstrated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmPlace",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60, verbose_name="place")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmMove",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("in_stock", "In stock"),
                            ("reserved", "Reserved"),
                            ("on_loan", "On loan"),
                            ("returned_to_test", "Returned, to be tested"),
                            ("faulty", "Faulty"),
                            ("lost", "Lost"),
                            ("retired", "Retired"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("in_stock", "In stock"),
                            ("reserved", "Reserved"),
                            ("on_loan", "On loan"),
                            ("returned_to_test", "Returned, to be tested"),
                            ("faulty", "Faulty"),
                            ("lost", "Lost"),
                            ("retired", "Retired"),
                        ],
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="referrals.alarm"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "to_place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.alarmplace",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="alarm",
            name="place",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.alarmplace"
            ),
        ),
        migrations.CreateModel(
            name="AlarmRenewal",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("from_due_on", models.DateField()),
                ("due_on", models.DateField()),
                ("words", nsvcs.casetext.CaseTextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="renewals", to="referrals.alarmloan"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmRequest",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "risks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("home", "Somebody coming to the home"),
                                ("followed", "Being followed or waited for"),
                                ("phone", "A phone that is not safe"),
                                ("car", "Something happening to the car"),
                                ("other", "Something else"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                    ),
                ),
                ("risk_words", nsvcs.casetext.CaseTextField(blank=True)),
                (
                    "places",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("home", "At home"),
                                ("out", "Out and about"),
                                ("travel", "On a bus or train, or in a car"),
                                ("work", "At work or where they study"),
                            ],
                            max_length=8,
                        ),
                        size=None,
                    ),
                ),
                ("where_words", nsvcs.casetext.CaseTextField(blank=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("office", "Picked up at our office"),
                            ("meeting", "Handed over when we meet"),
                            ("trusted", "Picked up by somebody they trust"),
                            ("post", "By post"),
                            ("talk", "Not sure: to be talked about first"),
                        ],
                        max_length=8,
                    ),
                ),
                ("way_words", nsvcs.casetext.CaseTextField(blank=True)),
                ("language", models.CharField(default="en", max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("approved", "Approved"),
                            ("ready", "Ready"),
                            ("given", "Given"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("not_possible", "Not possible"),
                        ],
                        default="asked",
                        max_length=12,
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="alarm_requests", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="alarmloan",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="loans",
                to="referrals.alarmrequest",
            ),
        ),
        migrations.CreateModel(
            name="AlarmRequestStep",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("approved", "Approved"),
                            ("ready", "Ready"),
                            ("given", "Given"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("not_possible", "Not possible"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("asked", "Asked"),
                            ("approved", "Approved"),
                            ("ready", "Ready"),
                            ("given", "Given"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("not_possible", "Not possible"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="referrals.alarmrequest"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmTest",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("issue", "Before it was given out"),
                            ("regular", "Regular test"),
                            ("after_return", "After it came back"),
                            ("battery", "Battery changed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("has_passed", models.BooleanField()),
                ("on", models.DateField()),
                ("is_tamper_checked", models.BooleanField(default=False)),
                ("is_tracker_checked", models.BooleanField(default=False)),
                ("is_wiped", models.BooleanField(default=False)),
                ("words", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tests", to="referrals.alarm"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmLoanStep",
            fields=[
                ("id", models.UUIDField(default=nsvcs.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "from_state",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reserved", "Reserved"),
                            ("issued", "On loan"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("cancelled", "Reservation given up"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("issued", "On loan"),
                            ("returned", "Returned"),
                            ("lost", "Lost"),
                            ("cancelled", "Reservation given up"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", nsvcs.casetext.CaseTextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="referrals.alarmloan"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "-at"], name="referrals_alarmloanstep_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_state", models.F("to_state")), _negated=True),
                        name="referrals_alarmloanstep_moves",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="alarmplace",
            constraint=models.UniqueConstraint(
                models.F("team"),
                django.db.models.functions.text.Lower("name"),
                name="referrals_alarmplace_once",
                violation_error_message="The team has a place of this name already.",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmmove",
            index=models.Index(fields=["alarm", "-at"], name="referrals_alarmmove_of"),
        ),
        migrations.AddConstraint(
            model_name="alarmmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_state", models.F("to_state")), _negated=True),
                    ("to_place__isnull", False),
                    _connector="OR",
                ),
                name="referrals_alarmmove_moves",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["state", "tested_on"], name="referrals_alarm_state"),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["place", "kind"], name="referrals_alarm_place"),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("serial"),
                name="referrals_alarm_serial",
                violation_error_message="There is a unit with this serial number already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "on_loan"), _negated=True), ("tested_on__isnull", False), _connector="OR"
                ),
                name="referrals_alarm_tested_before_lent",
                violation_error_message="A unit is tested before it is given out.",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmrenewal",
            index=models.Index(fields=["loan", "-at"], name="referrals_alarmrenewal_of"),
        ),
        migrations.AddConstraint(
            model_name="alarmrenewal",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gt", models.F("from_due_on"))),
                name="referrals_alarmrenewal_later",
                violation_error_message="The new day has to be later than the one before.",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmrequest",
            index=models.Index(fields=["case", "-at"], name="referrals_alarmrequest_of"),
        ),
        migrations.AddConstraint(
            model_name="alarmrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("asked", "approved", "ready"))),
                fields=("case",),
                name="referrals_alarmrequest_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmloan",
            index=models.Index(fields=["case"], name="referrals_alarmloan_of"),
        ),
        migrations.AddIndex(
            model_name="alarmloan",
            index=models.Index(
                condition=models.Q(("state", "issued")), fields=["due_on"], name="referrals_alarmloan_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmloan",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("period", "&&"), ("alarm", "=")],
                name="referrals_alarmloan_one_at_a_time",
                violation_error_message="This unit is on another loan for part of that time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmloan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("period__upper_inf", True), ("state__in", ("reserved", "issued"))),
                    models.Q(
                        models.Q(("state__in", ("reserved", "issued")), _negated=True), ("period__upper_inf", False)
                    ),
                    _connector="OR",
                ),
                name="referrals_alarmloan_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmloan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("due_on", None),
                        ("handed", ""),
                        ("issued_at", None),
                        ("receipt", ""),
                        ("state__in", ["reserved", "cancelled"]),
                    ),
                    models.Q(
                        ("due_on__isnull", False),
                        ("issued_at__isnull", False),
                        ("state__in", ["issued", "returned", "lost"]),
                        models.Q(("receipt", ""), _negated=True),
                        models.Q(("handed", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="referrals_alarmloan_issued",
                violation_error_message="A unit that is given out has a day to come back and a receipt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmloan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("demonstrated_by__isnull", False), ("is_demonstrated", True)),
                    models.Q(("demonstrated_by", None), ("is_demonstrated", False)),
                    _connector="OR",
                ),
                name="referrals_alarmloan_demonstrated",
                violation_error_message="Say who showed how it works.",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmloan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "returned"),
                        models.Q(("tamper_check", ""), _negated=True),
                        models.Q(("tracker_check", ""), _negated=True),
                        models.Q(("wiped", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "returned"), _negated=True),
                        ("tamper_check", ""),
                        ("tracker_check", ""),
                        ("wiped", ""),
                    ),
                    _connector="OR",
                ),
                name="referrals_alarmloan_checked",
                violation_error_message="Say what was checked when it came back.",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmrequeststep",
            index=models.Index(fields=["request", "at"], name="referrals_alarmreqstep_of"),
        ),
        migrations.AddConstraint(
            model_name="alarmrequeststep",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_state", models.F("to_state")), _negated=True),
                name="referrals_alarmrequeststep_moves",
            ),
        ),
        migrations.AddIndex(
            model_name="alarmtest",
            index=models.Index(fields=["alarm", "-at"], name="referrals_alarmtest_of"),
        ),
        migrations.AddConstraint(
            model_name="alarmtest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("has_passed", True), ("kind", "after_return"), _negated=True),
                    models.Q(("is_tamper_checked", True), ("is_tracker_checked", True), ("is_wiped", True)),
                    _connector="OR",
                ),
                name="referrals_alarmtest_looked_over",
                violation_error_message="What came back is looked over and wiped before it counts as tested.",
            ),
        ),
        Protect("referrals_alarmplace", "open"),
        Protect("referrals_alarm", "open"),
        Protect("referrals_alarmmove", "open", append_only=True),
        Protect("referrals_alarmtest", "open", append_only=True),
        Protect("referrals_alarmrequest", "shared"),
        Protect("referrals_alarmrequeststep", "shared", append_only=True),
        Protect("referrals_alarmloan", "staff"),
        Protect("referrals_alarmloanstep", "staff", append_only=True),
        Protect("referrals_alarmrenewal", "staff", append_only=True),
        *(
            migrations.RunSQL(
                COLLEAGUES_WRITE.format(table=table, roles=ROLES, rule=A_COLLEAGUE), migrations.RunSQL.noop
            )
            for table in ("referrals_alarmplace", "referrals_alarm", "referrals_alarmmove", "referrals_alarmtest")
        ),
        PortalWrites("referrals_alarmrequest", HERS),
        PortalWrites("referrals_alarmrequest", verbs=("UPDATE",)),
        PortalWrites("referrals_alarmrequeststep"),
        SameCase("referrals_alarmrequeststep", "referrals_alarmrequest", "request_id"),
        SameCase("referrals_alarmloan", "referrals_alarmrequest", "request_id"),
        SameCase("referrals_alarmloanstep", "referrals_alarmloan", "loan_id"),
        SameCase("referrals_alarmrenewal", "referrals_alarmloan", "loan_id"),
        migrations.RunSQL(AS_WRITTEN, migrations.RunSQL.noop),
        Function("alarm_agrees()", "trigger", AGREES, language="plpgsql", volatility="VOLATILE"),
        *(
            migrations.RunSQL(AGREES_WHEN.format(table=table), migrations.RunSQL.noop)
            for table in ("referrals_alarm", "referrals_alarmloan")
        ),
        Function(
            "alarms_due(p_today date, p_tested_until date)",
            "TABLE (loan_id uuid, case_id uuid)",
            ALARMS_DUE,
            roles="nsvcs_worker",
        ),
    ]
