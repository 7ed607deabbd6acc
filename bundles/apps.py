"""The room of evidence bundles."""

from django.apps import AppConfig


class BundlesConfig(AppConfig):
    """Evidence bundles: selecting, rendering, sealing, verifying."""

    name = "bundles"

    def ready(self) -> None:
        """Tell the jobs room what workers do here."""
        from bundles import checks  # noqa: F401 - it registers itself
        from bundles.actions.shutting import RELEASE, is_held_back
        from bundles.disclosure.outgoing import spot
        from bundles.gate.reading_ahead import ask_to_read
        from bundles.holding import entries_in_bundles
        from cases.actions.sharing import hold_back
        from cases.protected_words import spots_with
        from jobs.kinds import Kind, register
        from logs.bringing import holding
        from logs.making.following import follow

        holding.register(entries_in_bundles)
        hold_back(RELEASE, is_held_back)
        spots_with(spot)
        follow(ask_to_read)

        told = "bundles.building.notices.tell_given_up"
        register(Kind("bundle", "bundles.building.working.build_bundle", queue="bundles", given_up=told))
        register(Kind("gate", "bundles.gate.gating.check_bundle", queue="bundles"))
        register(Kind("look_at_stamps", "bundles.seals.renewing.look_at_stamps", as_itself=True))
        register(Kind("stamp_again", "bundles.seals.renewing.stamp_again", as_itself=True))
        register(Kind("read_ahead", "bundles.gate.reading_ahead.read_ahead", as_itself=True))
        register(Kind("bundle_part", "bundles.building.crew.make_parts", queue="bundles"))
        register(Kind("own_copy", "bundles.building.own_copies.make_own_copy", queue="bundles"))
        register(Kind("sweep_files", "bundles.building.sweeping.sweep_files", as_itself=True))
