"""Identifiers of organisations: the hub's public ID, LEI, registration numbers, org-id.guide."""

from convener.engines.identifiers.others import OrgId, read_lei, read_org_id_guide, read_registration_number
from convener.engines.identifiers.public_ids import new_public_id, read_public_id

__all__ = [
    "OrgId",
    "new_public_id",
    "read_lei",
    "read_org_id_guide",
    "read_public_id",
    "read_registration_number",
]
