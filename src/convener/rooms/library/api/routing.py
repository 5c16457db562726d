"""The router of the library."""

from ninja import Router

router = Router()
