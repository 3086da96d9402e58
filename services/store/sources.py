"""What is known already of what another system tells: its clients, their open pathways, its facts. One query for all."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.store.work import Work


@dataclass(frozen=True, slots=True)
class OpenPathway:
    """A walk that has not ended."""

    id: UUID
    definition: str

    @property
    def definition_key(self) -> str:
        """The definition without its version."""
        return self.definition.partition("@")[0]


def clients(work: Work, blinds: Collection[bytes]) -> dict[bytes, UUID]:
    """Return the clients in scope behind blinded identifiers."""
    found = work.rows(
        """SELECT i.blind, i.client_id FROM client_identifier i JOIN client c ON c.id = i.client_id
           WHERE i.blind = ANY(CAST(:blinds AS bytea[]))
             AND (CAST(:programs AS uuid[]) IS NULL OR c.program_id = ANY(CAST(:programs AS uuid[]))
                  OR EXISTS (SELECT FROM pathway p
                              WHERE p.client_id = c.id AND p.program_id = ANY(CAST(:programs AS uuid[]))))""",
        blinds=list(blinds),
    )
    return {bytes(row.blind): row.client_id for row in found}


def open_pathways(work: Work, client_ids: Collection[UUID]) -> dict[UUID, list[OpenPathway]]:
    """Return the open pathways in scope of clients."""
    found: defaultdict[UUID, list[OpenPathway]] = defaultdict(list)
    for row in work.rows(
        """SELECT id, client_id, definition FROM pathway
           WHERE closed_at IS NULL AND client_id = ANY(CAST(:clients AS uuid[]))
             AND (CAST(:programs AS uuid[]) IS NULL OR program_id = ANY(CAST(:programs AS uuid[]))) ORDER BY id""",
        clients=list(client_ids),
    ):
        found[row.client_id].append(OpenPathway(row.id, row.definition))
    return found


def replaceable(work: Work, named: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], bool]:
    """Return which of these authorisations, each (its id, a pathway), that pathway knows, and whether they still stand."""
    found = work.rows(
        """SELECT k.fact_id, k.pathway_id, NOT EXISTS (
                    SELECT FROM fact r WHERE r.client_id = f.client_id AND r.kind = 'authorisation'
                       AND convert_from(r.body, 'UTF8')::jsonb ->> 'replaces' = f.id::text
                       AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = r.id)) AS stands
           FROM fact_known k JOIN fact f ON f.id = k.fact_id AND f.kind = 'authorisation'
           JOIN unnest(CAST(:facts AS uuid[]), CAST(:pathways AS uuid[])) AS named(fact_id, pathway_id)
             ON named.fact_id = k.fact_id AND named.pathway_id = k.pathway_id""",
        facts=[fact_id for fact_id, _ in named],
        pathways=[pathway_id for _, pathway_id in named],
    )
    return {(row.fact_id, row.pathway_id): row.stands for row in found}


def facts(work: Work, told: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these facts, each (source, its id there), are recorded already."""
    found = work.rows(
        """SELECT source, source_id FROM fact
           JOIN unnest(CAST(:sources AS text[]), CAST(:numbers AS text[])) AS told(source, source_id)
                USING (source, source_id)""",
        sources=[source for source, _ in told],
        numbers=[number for _, number in told],
    )
    return {(row.source, row.source_id) for row in found}
