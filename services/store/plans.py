"""Plans of care as they are on file: the newest of many pathways at once, and all versions of one."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.store.work import Work


def newest(work: Work, pathway_ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
    """Return the plan each pathway has now, its own and not another walk's; none where it has none."""
    found = work.rows(
        """SELECT DISTINCT ON (f.pathway_id) f.pathway_id, f.id, f.body, f.sealed, f.effective_at, f.recorded_by
           FROM fact f JOIN fact_known k ON k.fact_id = f.id AND k.pathway_id = f.pathway_id
           WHERE f.kind = 'plan' AND f.pathway_id = ANY(CAST(:ids AS uuid[]))
             AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
           ORDER BY f.pathway_id, f.effective_at DESC, k.pathway_version DESC""",
        ids=list(pathway_ids),
    )
    return {row.pathway_id: row for row in found}


def ratings(work: Work, pathway_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the latest signed ratings that each pathway knows: what a plan comes from."""
    found = work.rows(
        """SELECT DISTINCT ON (k.pathway_id) k.pathway_id, f.id FROM fact_known k JOIN fact f ON f.id = k.fact_id
           WHERE f.kind = 'assessment' AND f.code = 'six-dimensions' AND f.signed
             AND k.pathway_id = ANY(CAST(:ids AS uuid[]))
             AND NOT EXISTS (SELECT FROM fact c WHERE c.corrects = f.id)
           ORDER BY k.pathway_id, f.effective_at DESC, k.pathway_version DESC""",
        ids=list(pathway_ids),
    )
    return {row.pathway_id: row.id for row in found}


def unknown(work: Work, cited: Collection[tuple[UUID, UUID]]) -> set[UUID]:
    """Return which of these assessments, each with a pathway, that pathway does not know."""
    known = work.rows(
        """SELECT k.pathway_id, k.fact_id FROM fact_known k JOIN fact f ON f.id = k.fact_id
           JOIN unnest(CAST(:pathways AS uuid[]), CAST(:facts AS uuid[])) AS cited(pathway, fact)
                ON (k.pathway_id, k.fact_id) = (cited.pathway, cited.fact)
           WHERE f.kind = 'assessment'""",
        pathways=[pathway_id for pathway_id, _ in cited],
        facts=[fact_id for _, fact_id in cited],
    )
    return {fact_id for _, fact_id in set(cited) - {(row.pathway_id, row.fact_id) for row in known}}


def open_work(work: Work, pathway_ids: Collection[UUID], kinds: Sequence[str]) -> Sequence[Row[Any]]:
    """Return open work of some kinds: its pathway, kind and cause."""
    return work.rows(
        """SELECT pathway_id, id, kind, cause FROM work_item WHERE closed_at IS NULL
             AND kind = ANY(CAST(:kinds AS text[])) AND pathway_id = ANY(CAST(:ids AS uuid[])) ORDER BY opened_version""",
        kinds=list(kinds),
        ids=list(pathway_ids),
    )


def versions(work: Work, pathway_id: UUID) -> Sequence[Row[Any]]:
    """Return every version of one pathway's plan, newest first, with who wrote and who countersigned it."""
    return work.rows(
        """SELECT f.id, f.body, f.sealed, f.effective_at, f.recorded_at, writer.name AS by,
                  f.recorded_by, signer.name AS countersigned_by, s.recorded_at AS countersigned_at,
                  EXISTS (SELECT FROM fact c WHERE c.corrects = f.id) AS corrected
           FROM fact f JOIN fact_known k ON k.fact_id = f.id AND k.pathway_id = f.pathway_id
           LEFT JOIN person writer ON writer.id = f.recorded_by
           LEFT JOIN plan_countersigned s ON s.fact_id = f.id LEFT JOIN person signer ON signer.id = s.signed_by
           WHERE f.kind = 'plan' AND f.pathway_id = :id
           ORDER BY f.effective_at DESC, k.pathway_version DESC""",
        id=pathway_id,
    )
