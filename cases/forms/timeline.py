"""What narrows the timeline: headings, and single kinds under them; all of it in the address."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from cases.queries import stream_groups


class TimelineFilter:
    """What was asked for. A heading stands for all of its kinds; what does not exist narrows nothing."""

    def __init__(self, asked: QueryDict) -> None:
        """Read the address."""
        self._kinds_of = stream_groups()
        self._labels = {kind: label for kinds in self._kinds_of.values() for kind, label in kinds.items()}
        self.groups = [group for group in self._kinds_of if group.value in asked.getlist("group")]
        self.kinds = [kind for kind in self._labels if kind in asked.getlist("kind")]

    def wanted(self) -> list[str]:
        """The kinds to be shown; none is all of them."""
        under = [kind for group in self.groups for kind in self._kinds_of[group]]
        return list(dict.fromkeys([*under, *self.kinds]))

    def headings(self) -> list[dict[str, Any]]:
        """Each heading with its kinds, and which of them are ticked."""
        return [
            {
                "value": group.value,
                "text": group.label,
                "is_on": group in self.groups,
                "kinds": [{"value": kind, "text": label, "is_on": kind in self.kinds} for kind, label in kinds.items()],
            }
            for group, kinds in self._kinds_of.items()
            if kinds
        ]

    def chips(self) -> list[dict[str, Any]]:
        """What is ticked, each with the address of the timeline without it."""
        groups = [("group", group.value, group.label) for group in self.groups]
        ticked = [*groups, *(("kind", kind, self._labels[kind]) for kind in self.kinds)]
        return [
            {"text": label, "href": f"?{urlencode([(n, v) for n, v, _text in ticked if (n, v) != (name, value)])}"}
            for name, value, label in ticked
        ]
