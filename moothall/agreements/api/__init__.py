"""The agreements room for programs: a module a subject, all on one router."""

from ninja import Router

from moothall.agreements.api import changes, companies, drafts, register, settlement, upkeep
from moothall.agreements.api.asked import NotRead

__all__ = ["NotRead", "router"]

router = Router(tags=["Agreements"])
router.add_router("", drafts.router)
router.add_router("", companies.router)
router.add_router("", changes.router)
router.add_router("", settlement.router)
router.add_router("", register.router)
router.add_router("", upkeep.router)
