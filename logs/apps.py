"""The room of the stalking log."""

from django.apps import AppConfig


class LogsConfig(AppConfig):
    """Entries and evidence."""

    name = "logs"

    def ready(self) -> None:
        """Tell the jobs room what workers do here."""
        from jobs.kinds import Kind, register

        register(Kind("copy", "logs.making.working.make_copies", as_itself=True))
        register(Kind("scan", "logs.checking.scan_file", as_itself=True))
        register(Kind("rescan", "logs.checking.scan_again", as_itself=True))
        register(Kind("check_original", "logs.checking.check_original", as_itself=True))
        # The requester's rights are looked up again: a file is read and brought in for who asked, as that person.
        register(Kind("import_look", "logs.bringing.working.look"))
        register(Kind("import_read", "logs.bringing.working.read"))
        register(Kind("import_bring", "logs.bringing.making.bring"))
        register(Kind("import_undo", "logs.bringing.working.undo"))
        register(Kind("import_arrived", "logs.working.look_at_batch", as_itself=True))
        register(Kind("addition_arrived", "logs.working.look_at_addition", as_itself=True))
        register(Kind("caption_arrived", "logs.working.look_at_caption", as_itself=True))
        register(Kind("entry_arrived", "logs.working.look_at_entry", as_itself=True))
        register(Kind("message_arrived", "logs.messages.look_at_message", as_itself=True))
        # A store that is away for ten minutes costs a dozen tries; after that the hourly look asks again.
        register(Kind("arrival", "logs.arriving.check_arrival", most_attempts=12))
        register(Kind("arrival_given", "logs.giving.give_to_case", as_itself=True))
        register(Kind("tidy_arrivals", "logs.arriving.tidy_arrivals", as_itself=True))
