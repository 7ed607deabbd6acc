"""The cases room."""

from django.apps import AppConfig

from jobs.kinds import Kind, register


class CasesConfig(AppConfig):
    """Victims, cases and the work around them."""

    name = "cases"

    def ready(self) -> None:
        """Say which jobs this room does, and what it puts on the timeline beside its oldest kinds."""
        from cases import agreed

        agreed.bring_moments()
        register(Kind("send", "cases.outgoing.send", as_itself=True))
        register(Kind("contact_stopped", "cases.working.contact_stopped", as_itself=True))
        register(Kind("portal_left", "cases.working.portal_left", as_itself=True))
        register(Kind("details_asked", "cases.working.details_asked", as_itself=True))
        register(Kind("wrong_passcode", "cases.working.wrong_passcode", as_itself=True))
        register(Kind("consent_withdrawn", "cases.working.consent_withdrawn", as_itself=True))
