# Written by `accord generate` from asyncapi.yaml, messages.schema.json, openapi.yaml.
# Do not edit: change the contract and run the command again.
# ruff: noqa
# mypy: disable-error-code="assignment"
"""The messages of the channels, and the schemas in them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StrictBool, StrictStr

from .scalars import UUID, AnyUrl, AwareDatetime, EmailStr, StrictFloat, StrictInt


class AuthErrorMessage(BaseModel):
    """
    Server to client: authentication failed; the server closes the connection after it.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    error: StrictStr
    type: Literal["auth_error"]


class AuthSuccessMessage(BaseModel):
    """
    Server to client: the connection is authenticated, events follow.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    context: Annotated[
        StrictStr,
        Field(
            description="What the connection was authenticated for: `organization` or `user` in practice; not an enumeration."
        ),
    ]
    organization_id: StrictStr | None
    type: Literal["auth_success"]
    user_id: StrictStr


class AuthenticateMessage(BaseModel):
    """
    Client to server: the first frame of a connection, and the only message that a client sends.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    type: Literal["authenticate"]
    token: Annotated[
        StrictStr,
        Field(
            description="The access token that `POST /api/v1/login/access-token` gives."
        ),
    ]


class DefaultShotTypes(StrEnum):
    """
    The built-in combinations of framing and view angle.
    """

    FULL_BODY_FRONT = "FULL_BODY_FRONT"
    UPPER_BODY_SIDE = "UPPER_BODY_SIDE"
    DETAIL_FRONT = "DETAIL_FRONT"


class ErrorCategoryOutput(StrEnum):
    """
    Why a prediction or a refine failed.
    """

    TIMEOUT = "TIMEOUT"
    CONTENT_POLICY = "CONTENT_POLICY"
    PROVIDER_ERROR = "PROVIDER_ERROR"
    INVALID_INPUT = "INVALID_INPUT"
    INTERNAL = "INTERNAL"


class GenerationSocketEventType(StrEnum):
    """
    The `type` of a GenerationMessage.
    """

    generation_created = "generation_created"
    generation_updated = "generation_updated"
    generation_completed = "generation_completed"
    generation_failed = "generation_failed"


class GenerationStatus(StrEnum):
    """
    pending, then processing, then completed or failed.
    """

    pending = "pending"
    processing = "processing"
    completed = "completed"
    failed = "failed"


class GenerationStrategy(StrEnum):
    """
    What the generation does.
    """

    GENERATE = "GENERATE"
    EDITING = "EDITING"
    REFINE = "REFINE"
    VIDEO = "VIDEO"
    BACKGROUND_FIXING = "BACKGROUND_FIXING"
    IMAGE_ADJUSTING = "IMAGE_ADJUSTING"
    FACE_FIXING = "FACE_FIXING"


class GenerationTool(StrEnum):
    """
    The tool that does it.
    """

    BASE_GENERATION = "BASE_GENERATION"
    EDITING = "EDITING"
    REFINE = "REFINE"
    VIDEO = "VIDEO"
    BACKGROUND_FIXING = "BACKGROUND_FIXING"
    IMAGE_ADJUSTING = "IMAGE_ADJUSTING"
    FACE_FIXING = "FACE_FIXING"


class GenerationType(StrEnum):
    """
    BASE: one attempt. AGENTIC: evaluated and tried again.
    """

    BASE = "BASE"
    AGENTIC = "AGENTIC"


class MediaInput(BaseModel):
    """
    How a client hands over media. The server sends it back in `ShotTypePublic.reference_image`.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    alt_text: StrictStr | None
    caption: StrictStr | None
    color_profile: StrictStr | None
    dominant_color: StrictStr | None
    duration: StrictFloat | None
    height: StrictInt | None
    media_resource_id: UUID | None
    protected: StrictBool
    url: AnyUrl | None
    width: StrictInt | None


class MediaResourceType(StrEnum):
    """
    What kind of file a media resource is.
    """

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class PredictionStatus(StrEnum):
    """
    pending, then generating, then completed or error.
    """

    pending = "pending"
    generating = "generating"
    completed = "completed"
    error = "error"


class PushStatus(StrEnum):
    """
    How far a push to an external integration is.
    """

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class RefineStatus(StrEnum):
    """
    pending, then processing, then completed or failed.
    """

    pending = "pending"
    processing = "processing"
    completed = "completed"
    failed = "failed"


class RevisionSource(StrEnum):
    """
    Where an image of a revision comes from.
    """

    PREDICTION = "PREDICTION"
    UPLOAD = "UPLOAD"
    REFINE = "REFINE"


class ShotRevisionStatus(StrEnum):
    """
    pending, review, then approved or rejected.
    """

    pending = "pending"
    review = "review"
    approved = "approved"
    rejected = "rejected"


class ShotSocketEventType(StrEnum):
    """
    The `type` of a ShotMessage.
    """

    shot_created = "shot_created"
    shot_updated = "shot_updated"


class ShotStatus(StrEnum):
    """
    pending, generating, review, then approved or rejected. Approved is final.
    """

    pending = "pending"
    generating = "generating"
    review = "review"
    approved = "approved"
    rejected = "rejected"


class ShotTypeFraming(StrEnum):
    """
    How much of the body a shot shows.
    """

    FULL_BODY = "FULL_BODY"
    UPPER_BODY = "UPPER_BODY"
    LOWER_BODY = "LOWER_BODY"
    UPPER_THREE_QUARTERS = "UPPER_THREE_QUARTERS"
    LOWER_THREE_QUARTERS = "LOWER_THREE_QUARTERS"
    DETAIL = "DETAIL"


class UserSummary(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    email: EmailStr
    full_name: StrictStr | None
    id: UUID


class ViewAngle(StrEnum):
    """
    The side from which a shot is taken.
    """

    FRONT = "FRONT"
    BACK = "BACK"
    SIDE = "SIDE"


class ExternalImagePushPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    completed_at: AwareDatetime | None
    created_at: AwareDatetime
    error_message: StrictStr | None
    id: UUID
    integration_id: UUID
    push_status: PushStatus
    pushed_at: AwareDatetime | None
    updated_at: AwareDatetime


class MediaResourcePublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    alt_text: StrictStr | None
    aspect_ratio: StrictStr | None
    caption: StrictStr | None
    color_profile: StrictStr | None
    content_hash: StrictStr
    created_at: AwareDatetime
    dominant_color: StrictStr | None
    duration: StrictFloat | None
    extension: StrictStr
    file_size: StrictInt
    height: StrictInt | None
    id: UUID
    orientation: StrictStr | None
    protected: StrictBool
    resource_type: MediaResourceType
    url: StrictStr
    width: StrictInt | None


class RefinePublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    created_at: AwareDatetime
    error_category: ErrorCategoryOutput | None
    error_message: StrictStr | None
    height: StrictInt | None
    id: UUID
    prediction_id: UUID
    prompt: StrictStr | None
    refine_model_id: UUID | None
    refines_refine_id: UUID | None
    result_image_media: MediaResourcePublic | None
    result_image_url: AnyUrl | None
    scale_factor: StrictFloat | None
    status: RefineStatus
    task_id: StrictStr | None
    updated_at: AwareDatetime
    width: StrictInt | None


class ShotRevisionImagePublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    autogenerated: StrictBool
    created_at: AwareDatetime
    effective_image_url: AnyUrl | None
    id: UUID
    image_media: MediaResourcePublic | None
    image_url: AnyUrl | None
    notes: StrictStr | None
    prediction_id: UUID | None
    refine_id: UUID | None
    shot_revision_id: UUID
    sketch_image_media: MediaResourcePublic | None
    sketch_image_url: AnyUrl | None
    source_type: RevisionSource
    updated_at: AwareDatetime


class ShotRevisionPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    created_at: AwareDatetime
    display_name: StrictStr
    effective_image_url: AnyUrl | None
    id: UUID
    images: list[ShotRevisionImagePublic]
    notes: StrictStr | None
    owner: UserSummary | None
    owner_id: UUID | None
    previous_revision_id: UUID | None
    push_records: list[ExternalImagePushPublic]
    push_status: Annotated[
        PushStatus | None,
        Field(
            description="Aggregate push status across all integrations. Returns: None (no pushes), PENDING, IN_PROGRESS, AWAITING_CONFIRMATION, COMPLETED, or FAILED Priority: FAILED > IN_PROGRESS > AWAITING_CONFIRMATION > PENDING > COMPLETED"
        ),
    ]
    shot_id: UUID
    shot_revision_status: ShotRevisionStatus | None
    shot_status: ShotStatus
    updated_at: AwareDatetime
    version: StrictInt


class ShotTypePublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    core_focus: StrictBool
    created_at: AwareDatetime
    default_shot_type: DefaultShotTypes | None
    file_naming_convention: StrictStr | None
    framing: ShotTypeFraming
    id: UUID
    margins: dict[str, Any] | None
    name: StrictStr
    organization_id: UUID | None
    owner_id: UUID | None
    prompt: StrictStr | None
    prompt_builder_section: StrictStr | None
    public: StrictBool
    reference_image: StrictStr | MediaInput | None
    reference_image_url: AnyUrl | None
    shot_type_prompt_instruction: StrictStr | None
    shot_type_ref_image_url: AnyUrl | None
    updated_at: AwareDatetime
    view_angle: ViewAngle


class PredictionPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    created_at: AwareDatetime
    duration_seconds: StrictFloat | None
    error_category: ErrorCategoryOutput | None
    error_message: StrictStr | None
    favourite: StrictBool
    generation_id: UUID
    id: UUID
    refined_image_url: Annotated[
        AnyUrl | None,
        Field(
            description="Computed field for backward compatibility. Returns the most recent successful refine's result_image_url."
        ),
    ]
    refines: list[RefinePublic]
    result_image_media: MediaResourcePublic | None
    result_image_url: AnyUrl | None
    result_video_media: MediaResourcePublic | None
    result_video_url: AnyUrl | None
    seed: StrictInt
    shot_type: StrictStr | None
    status: PredictionStatus
    updated_at: AwareDatetime


class ShotPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    created_at: AwareDatetime
    current_revision_id: UUID | None
    id: UUID
    pose_preset_id: UUID | None
    revisions: list[ShotRevisionPublic]
    rework_available: StrictInt
    rework_used: StrictInt
    shooting_look_id: UUID | None
    shot_type: ShotTypePublic | None
    status: ShotStatus
    updated_at: AwareDatetime


class GenerationPublic(BaseModel):
    model_config = ConfigDict(
        extra="allow",
    )
    autogenerated: StrictBool
    background: StrictStr | None
    batch_size: StrictInt
    created_at: AwareDatetime
    extra_prompt: StrictStr | None
    framing: StrictStr | None
    garment_placement_base_image_media: MediaResourcePublic | None
    garment_placement_base_image_url: AnyUrl | None
    generated_prompt: StrictStr | None
    generation_strategy: GenerationStrategy
    generation_type: GenerationType
    generative_models_id: UUID | None
    has_product2_lora: StrictBool
    has_product_lora: StrictBool
    has_style_lora: StrictBool
    has_subject_lora: StrictBool
    height: StrictInt
    id: UUID
    lighting: StrictStr | None
    negative_prompt: StrictStr | None
    organization_id: UUID | None
    owner_id: UUID
    perspective: StrictStr | None
    pose: StrictStr | None
    predictions: list[PredictionPublic]
    product2_description: StrictStr | None
    product2_id: UUID | None
    product2_image_media: MediaResourcePublic | None
    product2_image_url: AnyUrl | None
    product2_lora_weight: StrictFloat
    product_description: StrictStr | None
    product_id: UUID | None
    product_image_media: MediaResourcePublic | None
    product_image_url: AnyUrl | None
    product_lora_weight: StrictFloat
    reference_images_media: list[MediaResourcePublic] | None
    reference_images_paths: list[StrictStr]
    refine: StrictBool
    revised: StrictBool
    scale_factor: StrictFloat | None
    seed: StrictInt
    shooting_look_id: UUID | None
    shot_id: UUID | None
    shot_type_id: UUID | None
    shot_type_string: StrictStr | None
    status: GenerationStatus
    steps: StrictInt
    style_description: StrictStr | None
    style_id: UUID | None
    style_name: StrictStr | None
    subject_description: StrictStr | None
    subject_id: UUID | None
    subject_image_media: MediaResourcePublic | None
    subject_image_url: AnyUrl | None
    subject_lora_weight: StrictFloat
    tone: StrictStr | None
    tool: GenerationTool | None
    updated_at: AwareDatetime
    width: StrictInt


class ShotMessage(BaseModel):
    """
    Server to client: a shot was created or has changed. The payload is the whole shot, not a difference.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    payload: ShotPublic
    type: Literal["shot_created", "shot_updated"]


class GenerationMessage(BaseModel):
    """
    Server to client: a generation was created or has changed. The payload is the whole generation, not a difference.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    payload: GenerationPublic
    type: Literal["generation_created", "generation_updated", "generation_completed", "generation_failed"]


class WebSocketMessage(BaseModel):
    """
    The answer of `GET /api/v1/schema`: it lists the messages that the server sends. On the socket itself each message stands alone, without this envelope.
    """

    model_config = ConfigDict(
        extra="allow",
    )
    data: Annotated[
        GenerationMessage | ShotMessage | AuthSuccessMessage | AuthErrorMessage,
        Field(discriminator="type"),
    ]


class EventsFromServer(
    RootModel[AuthSuccessMessage | AuthErrorMessage | GenerationMessage | ShotMessage]
):
    root: Annotated[
        AuthSuccessMessage | AuthErrorMessage | GenerationMessage | ShotMessage,
        Field(discriminator="type"),
    ]


SCHEMAS: dict[str, type] = {
    "messages.schema.json#/$defs/AuthErrorMessage": AuthErrorMessage,
    "messages.schema.json#/$defs/AuthSuccessMessage": AuthSuccessMessage,
    "messages.schema.json#/$defs/AuthenticateMessage": AuthenticateMessage,
    "messages.schema.json#/$defs/DefaultShotTypes": DefaultShotTypes,
    "messages.schema.json#/$defs/ErrorCategory-Output": ErrorCategoryOutput,
    "messages.schema.json#/$defs/ExternalImagePushPublic": ExternalImagePushPublic,
    "messages.schema.json#/$defs/GenerationMessage": GenerationMessage,
    "messages.schema.json#/$defs/GenerationPublic": GenerationPublic,
    "messages.schema.json#/$defs/GenerationSocketEventType": GenerationSocketEventType,
    "messages.schema.json#/$defs/GenerationStatus": GenerationStatus,
    "messages.schema.json#/$defs/GenerationStrategy": GenerationStrategy,
    "messages.schema.json#/$defs/GenerationTool": GenerationTool,
    "messages.schema.json#/$defs/GenerationType": GenerationType,
    "messages.schema.json#/$defs/MediaInput": MediaInput,
    "messages.schema.json#/$defs/MediaResourcePublic": MediaResourcePublic,
    "messages.schema.json#/$defs/MediaResourceType": MediaResourceType,
    "messages.schema.json#/$defs/PredictionPublic": PredictionPublic,
    "messages.schema.json#/$defs/PredictionStatus": PredictionStatus,
    "messages.schema.json#/$defs/PushStatus": PushStatus,
    "messages.schema.json#/$defs/RefinePublic": RefinePublic,
    "messages.schema.json#/$defs/RefineStatus": RefineStatus,
    "messages.schema.json#/$defs/RevisionSource": RevisionSource,
    "messages.schema.json#/$defs/ShotMessage": ShotMessage,
    "messages.schema.json#/$defs/ShotPublic": ShotPublic,
    "messages.schema.json#/$defs/ShotRevisionImagePublic": ShotRevisionImagePublic,
    "messages.schema.json#/$defs/ShotRevisionPublic": ShotRevisionPublic,
    "messages.schema.json#/$defs/ShotRevisionStatus": ShotRevisionStatus,
    "messages.schema.json#/$defs/ShotSocketEventType": ShotSocketEventType,
    "messages.schema.json#/$defs/ShotStatus": ShotStatus,
    "messages.schema.json#/$defs/ShotTypeFraming": ShotTypeFraming,
    "messages.schema.json#/$defs/ShotTypePublic": ShotTypePublic,
    "messages.schema.json#/$defs/UserSummary": UserSummary,
    "messages.schema.json#/$defs/ViewAngle": ViewAngle,
    "messages.schema.json#/$defs/WebSocketMessage": WebSocketMessage,
}
"""The model of each schema, by its place in the contract."""

MESSAGES: dict[str, type] = {
    "authenticate": AuthenticateMessage,
    "authSuccess": AuthSuccessMessage,
    "authError": AuthErrorMessage,
    "generationEvent": GenerationMessage,
    "shotEvent": ShotMessage,
}
"""The model of each message, by its name."""

CHANNELS: dict[tuple[str, str], type] = {
    ("events", "client"): AuthenticateMessage,
    ("events", "server"): EventsFromServer,
}
"""What a side of a channel sends, by the channel's id and `client` or `server`."""
