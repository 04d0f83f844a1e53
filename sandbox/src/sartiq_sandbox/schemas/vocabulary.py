"""The closed word lists of the wire."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "DefaultShotTypes",
    "ErrorCategory",
    "GenerationSocketEventType",
    "GenerationStatus",
    "GenerationStrategy",
    "GenerationTool",
    "GenerationType",
    "MediaResourceType",
    "PredictionStatus",
    "ProductImageType",
    "PushStatus",
    "RefineStatus",
    "RevisionSource",
    "ShotRevisionStatus",
    "ShotSocketEventType",
    "ShotStatus",
    "ShotTypeFraming",
    "SubjectType",
    "ViewAngle",
]


class GenerationStatus(StrEnum):
    """How far a generation is."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class PredictionStatus(StrEnum):
    """How far one image of a generation is."""

    PENDING = "pending"
    GENERATING = "generating"
    COMPLETED = "completed"
    ERROR = "error"


class RefineStatus(StrEnum):
    """How far a refinement of an image is."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class ShotStatus(StrEnum):
    """Where a shot stands between its look and its approval."""

    PENDING = "pending"
    GENERATING = "generating"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"


class ShotRevisionStatus(StrEnum):
    """The verdict on one revision of a shot."""

    PENDING = "pending"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"


class PushStatus(StrEnum):
    """How far the delivery of a revision to other systems is."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class GenerationType(StrEnum):
    """Whether results are judged and retried."""

    BASE = "BASE"
    AGENTIC = "AGENTIC"


class GenerationStrategy(StrEnum):
    """The kind of work a generation does."""

    GENERATE = "GENERATE"
    EDITING = "EDITING"
    REFINE = "REFINE"
    VIDEO = "VIDEO"
    BACKGROUND_FIXING = "BACKGROUND_FIXING"
    IMAGE_ADJUSTING = "IMAGE_ADJUSTING"
    FACE_FIXING = "FACE_FIXING"


class GenerationTool(StrEnum):
    """The tool a generation, or a model, works with."""

    BASE_GENERATION = "BASE_GENERATION"
    EDITING = "EDITING"
    REFINE = "REFINE"
    VIDEO = "VIDEO"
    BACKGROUND_FIXING = "BACKGROUND_FIXING"
    IMAGE_ADJUSTING = "IMAGE_ADJUSTING"
    FACE_FIXING = "FACE_FIXING"


class ShotTypeFraming(StrEnum):
    """How much of the subject is in the picture."""

    FULL_BODY = "FULL_BODY"
    UPPER_BODY = "UPPER_BODY"
    LOWER_BODY = "LOWER_BODY"
    UPPER_THREE_QUARTERS = "UPPER_THREE_QUARTERS"
    LOWER_THREE_QUARTERS = "LOWER_THREE_QUARTERS"
    DETAIL = "DETAIL"


class ViewAngle(StrEnum):
    """The side the picture is taken from."""

    FRONT = "FRONT"
    BACK = "BACK"
    SIDE = "SIDE"


class DefaultShotTypes(StrEnum):
    """The shot types every organisation starts with."""

    FULL_BODY_FRONT = "FULL_BODY_FRONT"
    UPPER_BODY_SIDE = "UPPER_BODY_SIDE"
    DETAIL_FRONT = "DETAIL_FRONT"


class ErrorCategory(StrEnum):
    """Why an image could not be made."""

    TIMEOUT = "TIMEOUT"
    CONTENT_POLICY = "CONTENT_POLICY"
    PROVIDER_ERROR = "PROVIDER_ERROR"
    INVALID_INPUT = "INVALID_INPUT"
    INTERNAL = "INTERNAL"


class RevisionSource(StrEnum):
    """Where the image of a revision comes from."""

    PREDICTION = "PREDICTION"
    UPLOAD = "UPLOAD"
    REFINE = "REFINE"


class MediaResourceType(StrEnum):
    """The kind of a stored medium."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class GenerationSocketEventType(StrEnum):
    """What happened to a generation."""

    CREATED = "generation_created"
    UPDATED = "generation_updated"
    COMPLETED = "generation_completed"
    FAILED = "generation_failed"


class ShotSocketEventType(StrEnum):
    """What happened to a shot."""

    CREATED = "shot_created"
    UPDATED = "shot_updated"


class ProductImageType(StrEnum):
    """The place of an image among those of its product."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DETAIL = "detail"


class SubjectType(StrEnum):
    """Whether a subject is a person or made up."""

    AI = "AI"
    REAL = "REAL"
