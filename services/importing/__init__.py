"""Take in what other systems know: clients, pathways at their present stage, facts and FHIR answers, line by line.

Every line is accepted, a duplicate, or rejected with its reason and the place of the fault, never its value. A file is
read chunk by chunk, clients first, then pathways, then facts, so that the order of its lines does not matter.
"""

from services.importing.drafts import Draft, Line, Outcome, Report
from services.importing.files import CHUNK, ImportFile, Unreadable, chunks, opened, subjects
from services.importing.writing import record

__all__ = [
    "CHUNK",
    "Draft",
    "ImportFile",
    "Line",
    "Outcome",
    "Report",
    "Unreadable",
    "chunks",
    "opened",
    "record",
    "subjects",
]
