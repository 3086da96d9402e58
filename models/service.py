"""What a session may be of: the words in which services are planned, charted and named in definitions."""

from typing import Literal

Service = Literal[
    "individual",
    "group",
    "family",
    "medical",
    "behavioural-therapy",
    "skills",
    "relapse-prevention",
    "life-skills",
    "coping-skills",
    "education",
    "peer",
    "holistic",
    "aftercare-planning",
    "supervision",
    "meeting",
    "sober-living",
    "recovery-activity",
]
"""What a session may be of. Which of them a stage delivers stands in its definition."""
