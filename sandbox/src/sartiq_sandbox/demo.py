"""The demo data: two organisations, with ids that never change so that examples can name them."""

from __future__ import annotations

from functools import cache

from sqlalchemy.orm import Session

from sartiq_sandbox import tables
from sartiq_sandbox.clock import Stamps
from sartiq_sandbox.images import paint
from sartiq_sandbox.security import hash_password

__all__ = ["CREDENTIALS", "seed_demo"]

CREDENTIALS = (
    ("demo@example.com", "demo-password", "admin of Demo Studio"),
    ("viewer@example.com", "viewer-password", "may only look, Demo Studio"),
    ("other@example.com", "other-password", "admin of Other Studio"),
    ("revoked@example.com", "revoked-password", "may not log in"),
)

STUDIO, OTHER = (f"06900000-0000-4000-8000-00000000000{n}" for n in (1, 2))
DEMO, VIEWER, STRANGER, REVOKED = (f"05e70000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3, 4))
BRAND = "b0000000-0000-4000-8000-000000000001"
OTHER_BRAND = "b0000000-0000-4000-8000-000000000101"
SUBJECTS = tuple(f"50000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
STYLE = "57000000-0000-4000-8000-000000000001"
SHOT_TYPES = tuple(f"5e000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
MODEL = "60de1000-0000-4000-8000-000000000001"
PRODUCT = "550e8400-e29b-41d4-a716-446655440000"
OTHER_PRODUCT = "550e8400-e29b-41d4-a716-446655440101"
PRODUCT_IMAGE = "13a6e000-0000-4000-8000-000000000001"
SHOOTING = "540071e6-0000-4000-8000-000000000001"
LOOK = "100c0000-0000-4000-8000-000000000001"
SHOTS = tuple(f"5407a000-0000-4000-8000-00000000000{n}" for n in (1, 2))
GENERATION = "6e0e7a00-0000-4000-8000-000000000001"
PREDICTIONS = tuple(f"93ed0000-0000-4000-8000-00000000000{n}" for n in (1, 2))
REVISION = "4e515100-0000-4000-8000-000000000001"
REVISION_IMAGES = tuple(f"4e513a6e-0000-4000-8000-00000000000{n}" for n in (1, 2))


def seed_demo(session: Session, stamps: Stamps) -> bool:
    """Add the demo data; return false when it is there already."""
    if session.get(tables.User, DEMO) is not None:
        return False
    for rows in (_studios, _people, _catalogue, _products, _shooting, _generation, _revision):
        for row in rows(stamps):  # one by one: a row may refer to the one before
            session.add(row)
            session.flush()
    return True


@cache
def _hash(password: str) -> str:
    return hash_password(password)  # public passwords: the cached hash is no secret either


def _made(stamps: Stamps) -> dict[str, str]:
    stamp = stamps.next()
    return {"created_at": stamp, "updated_at": stamp}


def _picture(identifier: str, seed: int) -> tables.Media:
    picture = paint(seed)
    name = f"{identifier}.{picture.extension}"
    return tables.Media(name=name, media_type=picture.media_type, content=picture.content)


def _studios(stamps: Stamps) -> list[tables.Table]:
    return [
        tables.Organization(id=STUDIO, name="Demo Studio", **_made(stamps)),
        tables.Organization(id=OTHER, name="Other Studio", **_made(stamps)),
    ]


def _people(stamps: Stamps) -> list[tables.Table]:
    people = (
        (DEMO, STUDIO, "Demo Admin", "admin", True),
        (VIEWER, STUDIO, "Demo Viewer", "viewer", True),
        (STRANGER, OTHER, "Other Admin", "admin", True),
        (REVOKED, STUDIO, None, "admin", False),
    )
    return [
        tables.User(
            id=identifier,
            organization_id=organization_id,
            email=email,
            password_hash=_hash(password),
            full_name=full_name,
            role=role,
            is_active=is_active,
            is_superuser=False,
            rework_available=3,
            **_made(stamps),
        )
        for (identifier, organization_id, full_name, role, is_active), (email, password, _) in zip(
            people, CREDENTIALS, strict=True
        )
    ]


def _catalogue(stamps: Stamps) -> list[tables.Table]:
    shot_types = (
        ("Full body front", "FULL_BODY", "FULL_BODY_FRONT"),
        ("Half body front", "UPPER_BODY", None),
        ("Detail front", "DETAIL", "DETAIL_FRONT"),
    )
    rows: list[tables.Table] = [
        tables.Brand(id=BRAND, organization_id=STUDIO, name="Demo Brand", **_made(stamps)),
        tables.Brand(id=OTHER_BRAND, organization_id=OTHER, name="Other Brand", **_made(stamps)),
        tables.Subject(id=SUBJECTS[0], name="Ada", subject_type="AI", **_made(stamps)),
        tables.Subject(id=SUBJECTS[1], name="Bea", subject_type="REAL", **_made(stamps)),
        tables.Style(id=STYLE, name="Studio daylight", **_made(stamps)),
        tables.GenerationModel(
            id=MODEL, name="Standard", provider="fal_standard", recommended=True, **_made(stamps)
        ),
    ]
    for identifier, (name, framing, default) in zip(SHOT_TYPES, shot_types, strict=True):
        row = tables.ShotType(
            id=identifier,
            name=name,
            framing=framing,
            view_angle="FRONT",
            default_shot_type=default,
            **_made(stamps),
        )
        rows.append(row)
    return rows


def _products(stamps: Stamps) -> list[tables.Table]:
    picture = _picture(PRODUCT_IMAGE, 1)
    image = tables.ProductImage(
        id=PRODUCT_IMAGE, type="primary", media_name=picture.name, created_at=stamps.next()
    )
    dress = tables.Product(
        id=PRODUCT,
        organization_id=STUDIO,
        name="Summer Dress",
        sku="DRS-001",
        category="dresses",
        images=[image],
        **_made(stamps),
    )
    coat = tables.Product(
        id=OTHER_PRODUCT,
        organization_id=OTHER,
        name="Winter Coat",
        sku="COT-001",
        category="coats",
        **_made(stamps),
    )
    return [picture, dress, coat]


def _shooting(stamps: Stamps) -> list[tables.Table]:
    shooting = tables.Shooting(
        id=SHOOTING,
        organization_id=STUDIO,
        owner_id=DEMO,
        brand_id=BRAND,
        name="Summer Collection",
        archived=False,
        **_made(stamps),
    )
    look = tables.Look(
        id=LOOK,
        organization_id=STUDIO,
        shooting_id=SHOOTING,
        main_product_id=PRODUCT,
        subject_id=SUBJECTS[0],
        style_id=STYLE,
        **_made(stamps),
    )
    look.shots = [
        tables.Shot(
            id=shot,
            organization_id=STUDIO,
            shooting_id=SHOOTING,
            shot_type_id=shot_type,
            status=status,
            rework_available=3,
            rework_used=0,
            current_revision_id=revision,
            **_made(stamps),
        )
        for shot, shot_type, status, revision in (
            (SHOTS[0], SHOT_TYPES[0], "pending", None),
            (SHOTS[1], SHOT_TYPES[1], "review", REVISION),
        )
    ]
    return [shooting, look]


def _generation(stamps: Stamps) -> list[tables.Table]:
    pictures = [_picture(identifier, seed) for seed, identifier in enumerate(PREDICTIONS, 2)]
    made = _made(stamps)
    generation = tables.Generation(
        id=GENERATION,
        organization_id=STUDIO,
        owner_id=DEMO,
        shot_id=SHOTS[1],
        look_id=LOOK,
        product_id=PRODUCT,
        subject_id=SUBJECTS[0],
        style_id=STYLE,
        shot_type_id=SHOT_TYPES[1],
        model_id=MODEL,
        status="completed",
        seed=2,
        worker_id="",
        lease_until=0.0,
        completed_at=made["updated_at"],
        **made,
    )
    generation.predictions = [
        tables.Prediction(
            id=identifier,
            position=position,
            status="completed",
            seed=position + 2,
            media_name=pictures[position].name,
            **_made(stamps),
        )
        for position, identifier in enumerate(PREDICTIONS)
    ]
    return [*pictures, generation]


def _revision(stamps: Stamps) -> list[tables.Table]:
    images = [
        tables.RevisionImage(
            id=image, prediction_id=prediction, media_name=f"{prediction}.png", **_made(stamps)
        )
        for image, prediction in zip(REVISION_IMAGES, PREDICTIONS, strict=True)
    ]
    revision = tables.Revision(
        id=REVISION,
        shot_id=SHOTS[1],
        owner_id=DEMO,
        version=1,
        status="review",
        media_name=f"{PREDICTIONS[0]}.png",
        images=images,
        **_made(stamps),
    )
    return [revision]
