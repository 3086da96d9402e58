"""Clients, sealed. Names and identifiers are opened here and nowhere else, for those in scope."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from models.requests import NewClient
from models.tables import people
from services.errors import NotFound
from services.store.seal import PersonKey, pack
from services.store.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """A client as those who care for them see them."""

    id: UUID
    program_id: UUID
    given_name: str
    family_name: str
    birth_date: str
    identifiers: tuple[Mapping[str, str], ...]
    version: int

    @property
    def initials(self) -> str:
        """What shared screens show instead of the name."""
        return f"{self.given_name[:1]}{self.family_name[:1]}".upper()


def add(work: Work, new: Sequence[tuple[UUID, UUID, NewClient]], *, at: datetime) -> None:
    """Store clients, each (id, program id, request), sealed with a key of their own."""
    clients, keys, identifiers = [], [], []
    for client_id, program_id, request in new:
        key, wrapped = work.vault.new_key(client_id)
        sealed = key.seal(pack(request.model_dump(mode="json", exclude={"program_id"})), "client", client_id)
        clients.append(
            {"id": client_id, "program_id": program_id, "sealed": sealed, "version": 1, "created_at": at}
        )
        keys.append({"client_id": client_id, "wrapped": wrapped})
        identifiers += [
            {"blind": work.vault.blind(one.system, one.value), "client_id": client_id}
            for one in request.identifiers
        ]
    work.run(insert(people.Client), *clients)
    work.run(insert(people.ClientKey), *keys)
    if identifiers:
        work.run(insert(people.ClientIdentifier), *identifiers)


def lock(work: Work, client_ids: Collection[UUID]) -> None:
    """Lock clients in one order: what is recorded of them and what they enter come one after the other."""
    work.rows(
        "SELECT id FROM client WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE",
        ids=list(client_ids),
    )


def registered(work: Work, blinds: Collection[bytes]) -> set[bytes]:
    """Return which of these blinded identifiers are a client's, in whatever program: a number names one person."""
    found = work.rows(
        "SELECT blind FROM client_identifier WHERE blind = ANY(CAST(:blinds AS bytea[]))", blinds=list(blinds)
    )
    return {bytes(row.blind) for row in found}


def keys(work: Work, client_ids: Sequence[UUID]) -> dict[UUID, PersonKey]:
    """Return the keys of clients; an erased one has none."""
    found = work.rows(
        "SELECT client_id, wrapped FROM client_key WHERE client_id = ANY(CAST(:ids AS uuid[]))",
        ids=list(set(client_ids)),
    )
    return {row.client_id: work.vault.unwrap(row.wrapped, row.client_id) for row in found}


def views(work: Work, client_ids: Sequence[UUID] | None = None) -> dict[UUID, ClientView]:
    """Return clients in scope by id, opened; all of them where no ids are given.

    A client is in scope by their own program, by that of any pathway they walk or have walked, and by one that is asked,
    with their consent, to take them over.
    """
    found = work.rows(
        """SELECT c.id, c.program_id, c.sealed, c.version, k.wrapped FROM client c JOIN client_key k ON k.client_id = c.id
           WHERE (CAST(:ids AS uuid[]) IS NULL OR c.id = ANY(CAST(:ids AS uuid[])))
             AND (CAST(:programs AS uuid[]) IS NULL OR c.program_id = ANY(CAST(:programs AS uuid[]))
                  OR EXISTS (SELECT FROM pathway p
                              WHERE p.client_id = c.id AND p.program_id = ANY(CAST(:programs AS uuid[])))
                  OR EXISTS (SELECT FROM hand_off h JOIN pathway p ON p.id = h.pathway_id
                              WHERE p.client_id = c.id AND h.closed_at IS NULL
                                AND h.to_program_id = ANY(CAST(:programs AS uuid[]))))""",
        ids=None if client_ids is None else list(set(client_ids)),
    )
    return {row.id: _view(work, row) for row in found}


def sealed_facts(work: Work, fact_ids: Collection[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Return what stands sealed beside facts, opened, by fact; of an erased client nothing does any more."""
    found = work.rows(
        """SELECT f.id, f.client_id, f.sealed, k.wrapped FROM fact f JOIN client_key k ON k.client_id = f.client_id
           WHERE f.id = ANY(CAST(:ids AS uuid[])) AND f.sealed IS NOT NULL""",
        ids=list(fact_ids),
    )
    keys = {row.client_id: work.vault.unwrap(row.wrapped, row.client_id) for row in found}
    return {row.id: json.loads(keys[row.client_id].open(row.sealed, "fact", row.id)) for row in found}


def view(work: Work, client_id: UUID) -> ClientView:
    """Return one client. Raises: NotFound."""
    found = views(work, [client_id])
    if client_id not in found:
        raise NotFound("client", pointer="/client_id")
    return found[client_id]


def _view(work: Work, row: Any) -> ClientView:
    opened = json.loads(work.vault.unwrap(row.wrapped, row.id).open(row.sealed, "client", row.id))
    return ClientView(
        id=row.id,
        program_id=row.program_id,
        given_name=opened["given_name"],
        family_name=opened["family_name"],
        birth_date=opened["birth_date"],
        identifiers=tuple(opened["identifiers"]),
        version=row.version,
    )


def short_id(pathway_id: UUID) -> str:
    """Return the short form of an id that shared screens show."""
    return str(pathway_id)[:6].upper()
