"""The router of screening."""

from ninja import Router

router = Router()
