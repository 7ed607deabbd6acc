"""What each side of a case may write in the tables both of them read: in the portal, her own words in her own name."""

from django.db import migrations

from nsvcs.rls import PortalWrites

ME = "(SELECT nsvcs_me())"
MY_ENTRY = f"EXISTS (SELECT 1 FROM logs_incident i WHERE i.id = incident_id AND i.recorded_by_id = {ME})"
MY_BATCH = f"EXISTS (SELECT 1 FROM logs_importbatch b WHERE b.id = batch_id AND b.asked_by_id = {ME})"


class Migration(migrations.Migration):
    dependencies = [("logs", "0016_offline"), ("cases", "0021_what_the_portal_writes")]
    operations = [
        PortalWrites("logs_incident", f"recorded_by_id = {ME} AND source IN ('portal', 'import')"),
        PortalWrites("logs_amendment", f"recorded_by_id = {ME} AND source = 'portal'"),
        PortalWrites("logs_evidence", f"uploaded_by_id = {ME} AND source = 'portal'"),
        PortalWrites("logs_transcript", f"typed_by_id = {ME} AND source = 'portal'"),
        PortalWrites("logs_writtenoffline", MY_ENTRY),
        PortalWrites("logs_custodyevent", f"by_id = {ME} AND by_role = 'victim' AND kind IN ('arrived', 'downloaded')"),
        PortalWrites("logs_importbatch", f"asked_by_id = {ME}", verbs=("INSERT", "UPDATE")),
        PortalWrites("logs_importline", MY_BATCH, verbs=("INSERT", "UPDATE", "DELETE")),
        PortalWrites("logs_incidentline", f"{MY_ENTRY} AND {MY_BATCH}"),
        PortalWrites("logs_incidentseen"),
        PortalWrites("logs_rendition"),
        PortalWrites("logs_evidencefact"),
        PortalWrites("logs_scan"),
        PortalWrites("logs_translation"),
        PortalWrites("logs_patternswitch"),
    ]
