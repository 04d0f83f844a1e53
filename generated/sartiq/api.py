# Written by `accord generate` from asyncapi.yaml, messages.schema.json, openapi.yaml.
# Do not edit: change the contract and run the command again.
# ruff: noqa
# mypy: disable-error-code="assignment"
"""What the HTTP operations exchange: their bodies and the schemas in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictStr

from . import messages
from .messages import (
    GenerationPublic,
    GenerationTool,
    PredictionPublic,
    ShotPublic,
    ShotTypePublic,
)
from .scalars import UUID, AnyUrl, AwareDatetime, EmailStr, StrictInt


class BodyLoginAccessToken(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    grant_type: Annotated[StrictStr | None, Field(pattern="^password$")] = None
    username: StrictStr
    password: StrictStr
    scope: StrictStr = ""
    client_id: StrictStr | None = None
    client_secret: StrictStr | None = None


class Brand(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    created_at: AwareDatetime
    updated_at: AwareDatetime


class BrandPage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Brand]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class GenerationRequest(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    model_id: Annotated[
        UUID | None, Field(description="Null leaves the choice to the server.")
    ] = None
    num_predictions: Annotated[StrictInt, Field(ge=1, le=8)] = 1


class HTTPError(BaseModel):
    """
    Why the request was refused, in one sentence.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    detail: StrictStr


class LookCreate(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    main_product_id: UUID
    subject_id: UUID
    style_id: UUID
    shot_type_ids: Annotated[list[UUID], Field(max_length=20, min_length=1)]


class ProductCreate(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    name: Annotated[StrictStr, Field(max_length=255, min_length=1)]
    sku: Annotated[
        StrictStr, Field(description="Need not be unique.", max_length=64, min_length=1)
    ]
    category: Annotated[StrictStr, Field(max_length=64, min_length=1)]


class ProductImageType(StrEnum):
    primary = "primary"
    secondary = "secondary"
    detail = "detail"


class ProductImageUpload(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    file: Annotated[
        bytes,
        Field(
            description="A JPEG, PNG or WebP image of at most 52428800 bytes.",
            max_length=52428800,
        ),
    ]
    type: ProductImageType


class Shooting(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    brand_id: UUID
    description: StrictStr | None
    due_date: AwareDatetime | None
    season: StrictStr | None
    collection: StrictStr | None
    archived: StrictBool
    organization_id: UUID
    owner_id: UUID
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ShootingCreate(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    name: Annotated[StrictStr, Field(max_length=255, min_length=1)]
    brand_id: UUID
    description: Annotated[StrictStr | None, Field(max_length=2000)] = None
    due_date: AwareDatetime | None = None
    season: Annotated[StrictStr | None, Field(max_length=255)] = None
    collection: Annotated[StrictStr | None, Field(max_length=255)] = None
    archived: StrictBool = False


class ShootingPage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Shooting]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class ShotApproval(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    prediction_id: UUID


class ShotRejection(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    notes: Annotated[StrictStr | None, Field(max_length=2000)] = None


class Style(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    created_at: AwareDatetime
    updated_at: AwareDatetime


class StylePage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Style]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class SubjectSubjectType(StrEnum):
    AI = "AI"
    REAL = "REAL"


class Subject(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    subject_type: SubjectSubjectType
    created_at: AwareDatetime
    updated_at: AwareDatetime


class SubjectPage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Subject]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class Token(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    access_token: StrictStr
    token_type: Literal["bearer"]
    expires_in: Annotated[
        StrictInt, Field(description="Seconds; 3600 unless configured.", ge=1)
    ]


class UserPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    created_at: AwareDatetime
    updated_at: AwareDatetime
    email: EmailStr
    full_name: StrictStr | None
    is_active: StrictBool
    is_superuser: StrictBool
    rework_available: StrictInt
    role: StrictStr | None


class ValidationError(BaseModel):
    """
    One place that does not have its documented shape.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    loc: Annotated[
        list[StrictStr | StrictInt],
        Field(
            description="Where: path, query, header or body, then member names and indices."
        ),
    ]
    msg: StrictStr
    type: StrictStr
    input: Annotated[Any | None, Field(description="The value that was refused.")] = (
        None
    )
    ctx: dict[str, Any] | None = None


class GenerativeModelsPublic(BaseModel):
    """
    A model that generates.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    icon: StrictStr | None
    provider: StrictStr
    provider_config: dict[str, Any] | None
    provider_capabilities: dict[str, Any] | None
    fallback_provider: StrictStr | None
    fallback_provider_config: dict[str, Any] | None
    fallback_provider_capabilities: dict[str, Any] | None
    tool_types: list[GenerationTool]
    recommended: StrictBool
    beta: StrictBool
    max_output_width: StrictInt | None
    max_output_height: StrictInt | None
    max_size_pixels: StrictInt | None


class HTTPValidationError(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    detail: list[ValidationError]


class ProductImage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    url: AnyUrl
    type: ProductImageType


class GenerativeModelList(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    data: list[GenerativeModelsPublic]
    count: Annotated[StrictInt, Field(ge=0)]


class Product(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    name: StrictStr
    sku: StrictStr
    category: StrictStr
    images: list[ProductImage]
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ProductPage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Product]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class ShotTypePage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[ShotTypePublic]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class Prediction(PredictionPublic):
    """
    A prediction as the WebSocket channel tells it, and its image.
    """

    image_url: Annotated[
        AnyUrl | None, Field(description="The same as `result_image_url`.")
    ]


class Shot(ShotPublic):
    """
    A shot as the WebSocket channel tells it, and its image.
    """

    current_image_url: Annotated[
        AnyUrl | None,
        Field(description="The `effective_image_url` of the current revision."),
    ]


class ShotPage(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    items: list[Shot]
    total: Annotated[StrictInt, Field(ge=0)]
    page: Annotated[StrictInt, Field(ge=1)]
    size: Annotated[StrictInt, Field(ge=1)]


class Generation(GenerationPublic):
    """
    A generation as the WebSocket channel tells it, and when it was completed.
    """

    predictions: list[Prediction]
    completed_at: AwareDatetime | None


class Look(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    id: UUID
    shooting_id: UUID
    main_product_id: UUID
    subject_id: UUID
    style_id: UUID
    shots: list[Shot]
    created_at: AwareDatetime
    updated_at: AwareDatetime


SCHEMAS: dict[str, type] = {
    "openapi.yaml#/components/schemas/Body_login_access_token": BodyLoginAccessToken,
    "openapi.yaml#/components/schemas/Brand": Brand,
    "openapi.yaml#/components/schemas/BrandPage": BrandPage,
    "openapi.yaml#/components/schemas/Generation": Generation,
    "openapi.yaml#/components/schemas/GenerationRequest": GenerationRequest,
    "openapi.yaml#/components/schemas/GenerativeModelList": GenerativeModelList,
    "openapi.yaml#/components/schemas/GenerativeModelsPublic": GenerativeModelsPublic,
    "openapi.yaml#/components/schemas/HTTPError": HTTPError,
    "openapi.yaml#/components/schemas/HTTPValidationError": HTTPValidationError,
    "openapi.yaml#/components/schemas/Look": Look,
    "openapi.yaml#/components/schemas/LookCreate": LookCreate,
    "openapi.yaml#/components/schemas/Prediction": Prediction,
    "openapi.yaml#/components/schemas/Product": Product,
    "openapi.yaml#/components/schemas/ProductCreate": ProductCreate,
    "openapi.yaml#/components/schemas/ProductImage": ProductImage,
    "openapi.yaml#/components/schemas/ProductImageType": ProductImageType,
    "openapi.yaml#/components/schemas/ProductImageUpload": ProductImageUpload,
    "openapi.yaml#/components/schemas/ProductPage": ProductPage,
    "openapi.yaml#/components/schemas/Shooting": Shooting,
    "openapi.yaml#/components/schemas/ShootingCreate": ShootingCreate,
    "openapi.yaml#/components/schemas/ShootingPage": ShootingPage,
    "openapi.yaml#/components/schemas/Shot": Shot,
    "openapi.yaml#/components/schemas/ShotApproval": ShotApproval,
    "openapi.yaml#/components/schemas/ShotPage": ShotPage,
    "openapi.yaml#/components/schemas/ShotRejection": ShotRejection,
    "openapi.yaml#/components/schemas/ShotTypePage": ShotTypePage,
    "openapi.yaml#/components/schemas/Style": Style,
    "openapi.yaml#/components/schemas/StylePage": StylePage,
    "openapi.yaml#/components/schemas/Subject": Subject,
    "openapi.yaml#/components/schemas/SubjectPage": SubjectPage,
    "openapi.yaml#/components/schemas/Token": Token,
    "openapi.yaml#/components/schemas/UserPublic": UserPublic,
    "openapi.yaml#/components/schemas/ValidationError": ValidationError,
}
"""The model of each schema, by its place in the contract."""

REQUESTS: dict[tuple[str, str], type] = {
    ("login_access_token", "application/x-www-form-urlencoded"): BodyLoginAccessToken,
    ("create_product", "application/json"): ProductCreate,
    ("upload_product_image", "multipart/form-data"): ProductImageUpload,
    ("create_shooting", "application/json"): ShootingCreate,
    ("add_look", "application/json"): LookCreate,
    ("generate_shot", "application/json"): GenerationRequest,
    ("approve_shot", "application/json"): ShotApproval,
    ("reject_shot", "application/json"): ShotRejection,
}
"""The model of each request body, by operation and media type."""

RESPONSES: dict[tuple[str, str], type] = {
    ("login_access_token", "200"): Token,
    ("login_access_token", "400"): HTTPError,
    ("login_access_token", "401"): HTTPError,
    ("login_access_token", "422"): HTTPValidationError,
    ("test_token", "200"): UserPublic,
    ("test_token", "401"): HTTPError,
    ("read_user_me", "200"): UserPublic,
    ("read_user_me", "401"): HTTPError,
    ("list_products", "200"): ProductPage,
    ("list_products", "401"): HTTPError,
    ("list_products", "422"): HTTPValidationError,
    ("create_product", "200"): Product,
    ("create_product", "400"): HTTPError,
    ("create_product", "401"): HTTPError,
    ("create_product", "403"): HTTPError,
    ("create_product", "422"): HTTPValidationError,
    ("read_product", "200"): Product,
    ("read_product", "401"): HTTPError,
    ("read_product", "404"): HTTPError,
    ("read_product", "422"): HTTPValidationError,
    ("upload_product_image", "200"): ProductImage,
    ("upload_product_image", "400"): HTTPError,
    ("upload_product_image", "401"): HTTPError,
    ("upload_product_image", "403"): HTTPError,
    ("upload_product_image", "404"): HTTPError,
    ("upload_product_image", "413"): HTTPError,
    ("upload_product_image", "415"): HTTPError,
    ("upload_product_image", "422"): HTTPValidationError,
    ("list_shootings", "200"): ShootingPage,
    ("list_shootings", "401"): HTTPError,
    ("list_shootings", "422"): HTTPValidationError,
    ("create_shooting", "200"): Shooting,
    ("create_shooting", "400"): HTTPError,
    ("create_shooting", "401"): HTTPError,
    ("create_shooting", "403"): HTTPError,
    ("create_shooting", "404"): HTTPError,
    ("create_shooting", "422"): HTTPValidationError,
    ("read_shooting", "200"): Shooting,
    ("read_shooting", "401"): HTTPError,
    ("read_shooting", "404"): HTTPError,
    ("read_shooting", "422"): HTTPValidationError,
    ("add_look", "200"): Look,
    ("add_look", "400"): HTTPError,
    ("add_look", "401"): HTTPError,
    ("add_look", "403"): HTTPError,
    ("add_look", "404"): HTTPError,
    ("add_look", "409"): HTTPError,
    ("add_look", "422"): HTTPValidationError,
    ("list_shots", "200"): ShotPage,
    ("list_shots", "401"): HTTPError,
    ("list_shots", "422"): HTTPValidationError,
    ("read_shot", "200"): Shot,
    ("read_shot", "401"): HTTPError,
    ("read_shot", "404"): HTTPError,
    ("read_shot", "422"): HTTPValidationError,
    ("generate_shot", "200"): Generation,
    ("generate_shot", "400"): HTTPError,
    ("generate_shot", "401"): HTTPError,
    ("generate_shot", "403"): HTTPError,
    ("generate_shot", "404"): HTTPError,
    ("generate_shot", "409"): HTTPError,
    ("generate_shot", "422"): HTTPValidationError,
    ("approve_shot", "200"): Shot,
    ("approve_shot", "400"): HTTPError,
    ("approve_shot", "401"): HTTPError,
    ("approve_shot", "403"): HTTPError,
    ("approve_shot", "404"): HTTPError,
    ("approve_shot", "409"): HTTPError,
    ("approve_shot", "422"): HTTPValidationError,
    ("reject_shot", "200"): Shot,
    ("reject_shot", "400"): HTTPError,
    ("reject_shot", "401"): HTTPError,
    ("reject_shot", "403"): HTTPError,
    ("reject_shot", "404"): HTTPError,
    ("reject_shot", "409"): HTTPError,
    ("reject_shot", "422"): HTTPValidationError,
    ("read_generation", "200"): Generation,
    ("read_generation", "401"): HTTPError,
    ("read_generation", "404"): HTTPError,
    ("read_generation", "422"): HTTPValidationError,
    ("list_brands", "200"): BrandPage,
    ("list_brands", "401"): HTTPError,
    ("list_brands", "422"): HTTPValidationError,
    ("list_subjects", "200"): SubjectPage,
    ("list_subjects", "401"): HTTPError,
    ("list_subjects", "422"): HTTPValidationError,
    ("list_styles", "200"): StylePage,
    ("list_styles", "401"): HTTPError,
    ("list_styles", "422"): HTTPValidationError,
    ("list_shot_types", "200"): ShotTypePage,
    ("list_shot_types", "401"): HTTPError,
    ("list_shot_types", "422"): HTTPValidationError,
    ("list_generation_models", "200"): GenerativeModelList,
    ("list_generation_models", "422"): HTTPValidationError,
    ("get_websocket_message", "200"): messages.WebSocketMessage,
}
"""The model of each JSON response body, by operation and status."""
