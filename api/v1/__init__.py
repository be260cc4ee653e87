"""The JSON API, version 1: thin answers over the services. Birth dates and postcodes are not among them."""

from __future__ import annotations

from fastapi import APIRouter

from api.v1 import alerts, answers, health, kept, lists, placing

router = APIRouter()
router.include_router(health.router)
router.include_router(lists.router)
router.include_router(answers.router)
router.include_router(alerts.router)
router.include_router(kept.router)
router.include_router(placing.router)
