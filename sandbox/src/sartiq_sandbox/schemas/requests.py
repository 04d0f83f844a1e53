"""The bodies that clients send."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StrictBool, StrictStr
from pydantic_core import PydanticCustomError

from sartiq_sandbox.schemas.scalars import DateTimeInput, IntegerCheck, TextCheck, UuidInput

__all__ = [
    "ApproveShot",
    "GenerateShot",
    "LoginForm",
    "LookCreate",
    "ProductCreate",
    "RejectShot",
    "ShootingCreate",
]

Text = Annotated[StrictStr, TextCheck]
Name = Annotated[StrictStr, Field(min_length=1, max_length=255), TextCheck]
Word = Annotated[StrictStr, Field(min_length=1, max_length=64), TextCheck]
Label = Annotated[StrictStr, Field(max_length=255), TextCheck]
Prose = Annotated[StrictStr, Field(max_length=2000), TextCheck]
Secret = Annotated[StrictStr, Field(json_schema_extra={"format": "password"}), TextCheck]


def each_once(identifiers: list[str]) -> list[str]:
    """Return the list unchanged when no id stands in it twice."""
    if len(set(identifiers)) < len(identifiers):
        raise PydanticCustomError("unique_items", "List items should be unique")
    return identifiers


ShotTypeIds = Annotated[
    list[UuidInput],
    Field(min_length=1, max_length=20, json_schema_extra={"uniqueItems": True}),
    AfterValidator(each_once),
]


class LoginForm(BaseModel):
    """The fields of the OAuth2 password grant (RFC 6749 section 4.3.2)."""

    grant_type: Annotated[StrictStr, Field(pattern=r"^password$")] | None = None
    username: Text
    password: Secret
    scope: Text = ""
    client_id: Text | None = None
    client_secret: Secret | None = None


class ProductCreate(BaseModel):
    """A product to add."""

    name: Name
    sku: Word
    category: Word


class ShootingCreate(BaseModel):
    """A shooting to add."""

    name: Name
    brand_id: UuidInput
    description: Prose | None = None
    due_date: DateTimeInput | None = None
    season: Label | None = None
    collection: Label | None = None
    archived: StrictBool = False


class LookCreate(BaseModel):
    """A look to add to a shooting: one shot is made for each shot type."""

    main_product_id: UuidInput
    subject_id: UuidInput
    style_id: UuidInput
    shot_type_ids: ShotTypeIds


class GenerateShot(BaseModel):
    """How many images of a shot to make, and with which model."""

    model_id: UuidInput | None = None
    num_predictions: Annotated[int, Field(ge=1, le=8), IntegerCheck] = 1


class ApproveShot(BaseModel):
    """The image that settles a shot."""

    prediction_id: UuidInput


class RejectShot(BaseModel):
    """Why a shot goes back."""

    notes: Prose | None = None
