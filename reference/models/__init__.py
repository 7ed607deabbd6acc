"""Reference data: the directory, advice, limits and bank holidays, each with its source and who checked it when."""

from reference.models.changes import DirectoryChange
from reference.models.directory import Advice, BankHoliday, Limit, Organisation
from reference.models.presets import Preset
from reference.models.sourced import Confidence, Sourced

__all__ = [
    "Advice",
    "BankHoliday",
    "Confidence",
    "DirectoryChange",
    "Limit",
    "Organisation",
    "Preset",
    "Sourced",
]
