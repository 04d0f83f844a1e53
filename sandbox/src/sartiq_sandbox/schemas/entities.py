"""The entities that REST operations answer with."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from sartiq_sandbox.schemas.messages import (
    GenerationPublic,
    PredictionPublic,
    ShotPublic,
    ShotTypePublic,
)
from sartiq_sandbox.schemas.scalars import DateTimeText, UriText, UuidText
from sartiq_sandbox.schemas.vocabulary import GenerationTool, ProductImageType, SubjectType

__all__ = [
    "Brand",
    "Brands",
    "Generation",
    "GenerationModels",
    "GenerativeModelsPublic",
    "Look",
    "Prediction",
    "Product",
    "ProductImage",
    "Products",
    "Shooting",
    "Shootings",
    "Shot",
    "ShotTypes",
    "Shots",
    "Style",
    "Styles",
    "Subject",
    "Subjects",
    "Token",
    "UserPublic",
]

Item = TypeVar("Item")
EmailText = Annotated[str, Field(json_schema_extra={"format": "email"})]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Token(BaseModel):
    """An access token and how many seconds it lasts."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: Positive


class UserPublic(BaseModel):
    """A user, as they see themselves."""

    id: UuidText
    created_at: DateTimeText
    updated_at: DateTimeText
    email: EmailText
    full_name: str | None
    is_active: bool
    is_superuser: bool
    rework_available: int
    role: str | None


class ProductImage(BaseModel):
    """An image of a product."""

    url: UriText
    type: ProductImageType


class Product(BaseModel):
    """A garment to photograph."""

    id: UuidText
    name: str
    sku: str
    category: str
    images: list[ProductImage]
    created_at: DateTimeText
    updated_at: DateTimeText


class Shooting(BaseModel):
    """A campaign of one brand."""

    id: UuidText
    name: str
    brand_id: UuidText
    description: str | None
    due_date: DateTimeText | None
    season: str | None
    collection: str | None
    archived: bool
    organization_id: UuidText
    owner_id: UuidText
    created_at: DateTimeText
    updated_at: DateTimeText


class Shot(ShotPublic):
    """A shot, with the image it currently shows."""

    current_image_url: UriText | None


class Look(BaseModel):
    """A product on a subject in a style, and the shots of it."""

    id: UuidText
    shooting_id: UuidText
    main_product_id: UuidText
    subject_id: UuidText
    style_id: UuidText
    shots: list[Shot]
    created_at: DateTimeText
    updated_at: DateTimeText


class Prediction(PredictionPublic):
    """An image of a generation, with its address under a second name."""

    image_url: UriText | None


class Generation(GenerationPublic):
    """A generation, with the moment of its end."""

    completed_at: DateTimeText | None
    predictions: list[Prediction]  # type: ignore[assignment]


class Brand(BaseModel):
    """A label of one organisation."""

    id: UuidText
    name: str
    created_at: DateTimeText
    updated_at: DateTimeText


class Subject(BaseModel):
    """Whom the pictures show."""

    id: UuidText
    name: str
    subject_type: SubjectType
    created_at: DateTimeText
    updated_at: DateTimeText


class Style(BaseModel):
    """How the pictures look."""

    id: UuidText
    name: str
    created_at: DateTimeText
    updated_at: DateTimeText


class GenerativeModelsPublic(BaseModel):
    """A model that makes images."""

    id: UuidText
    name: str
    icon: str | None
    provider: str
    provider_config: dict[str, object] | None
    provider_capabilities: dict[str, object] | None
    fallback_provider: str | None
    fallback_provider_config: dict[str, object] | None
    fallback_provider_capabilities: dict[str, object] | None
    tool_types: list[GenerationTool]
    recommended: bool
    beta: bool
    max_output_width: int | None
    max_output_height: int | None
    max_size_pixels: int | None


class GenerationModels(BaseModel):
    """A slice of the models, and how many there are."""

    data: list[GenerativeModelsPublic]
    count: Count


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: Count
    page: Positive
    size: Positive


class Products(Page[Product]):
    """A page of products."""


class Shootings(Page[Shooting]):
    """A page of shootings."""


class Shots(Page[Shot]):
    """A page of shots."""


class Brands(Page[Brand]):
    """A page of brands."""


class Subjects(Page[Subject]):
    """A page of subjects."""


class Styles(Page[Style]):
    """A page of styles."""


class ShotTypes(Page[ShotTypePublic]):
    """A page of shot types."""
