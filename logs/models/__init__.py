"""The stalking log: incidents, what was added to them, and the evidence."""

from logs.models.arrivals import Arrival
from logs.models.beside import EvidenceFact, Transcript
from logs.models.captions import Caption
from logs.models.evidence import CustodyEvent, Evidence, Rendition
from logs.models.imports import ImportBatch, ImportLine, IncidentLine
from logs.models.incidents import Amendment, Draft, Incident, IncidentSeen
from logs.models.locks import EvidenceLock
from logs.models.offline import OfflineArrival, OfflineDevice, OfflineKey, WrittenOffline
from logs.models.passwords import FilePassword
from logs.models.scans import Scan
from logs.models.translations import PatternSwitch, Translation

__all__ = [
    "Amendment",
    "Arrival",
    "Caption",
    "CustodyEvent",
    "Draft",
    "Evidence",
    "EvidenceFact",
    "EvidenceLock",
    "FilePassword",
    "ImportBatch",
    "ImportLine",
    "Incident",
    "IncidentLine",
    "IncidentSeen",
    "OfflineArrival",
    "OfflineDevice",
    "OfflineKey",
    "PatternSwitch",
    "Rendition",
    "Scan",
    "Transcript",
    "Translation",
    "WrittenOffline",
]
