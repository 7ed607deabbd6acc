"""The policies are asked of each row found, and are no longer a way to find rows: `nsvcs.rls.each_in` says why."""

from django.db import migrations

from nsvcs.rls import Reword


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_quicker_arrays")]
    operations = [
        Reword("cases_case", "shared", "id"),
        Reword("cases_victim", "staff", "id", array="victims"),
        Reword("cases_safecontact", "staff", "victim_id", array="victims"),
        Reword("cases_perpetrator", "staff", "id", array="perpetrators"),
        Reword("cases_caseperpetrator", "shared"),
        Reword("cases_allocation", "staff"),
        Reword("cases_casegrant", "staff"),
        Reword("cases_wall", "staff"),
        Reword("cases_statuschange", "staff"),
        Reword("cases_inboundreferral", "staff"),
        Reword("cases_professional", "staff"),
        Reword("cases_contact", "staff"),
        Reword("cases_note", "staff"),
        Reword("cases_task", "staff"),
    ]
