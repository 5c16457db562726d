"""The router of the directory: one for all modules, because an address belongs to one router, with all its methods."""

from ninja import Router

router = Router()
