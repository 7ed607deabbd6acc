"""The stalking log: incidents, what was added to them, and the evidence."""

from logs.models.evidence import CustodyEvent, Evidence, Rendition
from logs.models.imports import ImportBatch, ImportLine, IncidentLine
from logs.models.incidents import Amendment, Draft, Incident, IncidentSeen

__all__ = [
    "Amendment",
    "CustodyEvent",
    "Draft",
    "Evidence",
    "ImportBatch",
    "ImportLine",
    "Incident",
    "IncidentLine",
    "IncidentSeen",
    "Rendition",
]
