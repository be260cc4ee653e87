"""The JSON API, version 1: thin answers over the services. Birth dates and postcodes are not among them."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from api.v1 import alerts, answers, health, imports, jobs, kept, lists, placing
from api.v1.once import asked_once
from api.v1.sent import only_known_names

router = APIRouter(dependencies=[Depends(only_known_names), Depends(asked_once)])
router.include_router(health.router)
router.include_router(lists.router)
router.include_router(answers.router)
router.include_router(alerts.router)
router.include_router(kept.router)
router.include_router(placing.router)
router.include_router(jobs.router)
router.include_router(imports.router)
