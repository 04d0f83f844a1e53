"""The tables: what the sandbox remembers."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "Brand",
    "Generation",
    "GenerationModel",
    "Look",
    "Media",
    "Organization",
    "Prediction",
    "Product",
    "ProductImage",
    "Revision",
    "RevisionImage",
    "Setting",
    "Shooting",
    "Shot",
    "ShotType",
    "Style",
    "Subject",
    "Table",
    "User",
]


class Table(DeclarativeBase):
    """The base of every table."""


class Setting(Table):
    """A number about the database itself."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Organization(Table):
    """A customer; nothing of one is visible to another."""

    __tablename__ = "organizations"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class User(Table):
    """A person of one organisation."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    full_name: Mapped[str | None]
    role: Mapped[str | None]
    is_active: Mapped[bool]
    is_superuser: Mapped[bool]
    rework_available: Mapped[int]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Brand(Table):
    """A label of one organisation."""

    __tablename__ = "brands"
    __table_args__ = (Index("brands_listed", "organization_id", "created_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Subject(Table):
    """Whom the pictures show; shared by all organisations."""

    __tablename__ = "subjects"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    subject_type: Mapped[str]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Style(Table):
    """How the pictures look; shared by all organisations."""

    __tablename__ = "styles"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class ShotType(Table):
    """A kind of picture; shared by all organisations."""

    __tablename__ = "shot_types"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    framing: Mapped[str]
    view_angle: Mapped[str]
    default_shot_type: Mapped[str | None]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class GenerationModel(Table):
    """A model that makes images; shared by all organisations."""

    __tablename__ = "generation_models"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    provider: Mapped[str]
    recommended: Mapped[bool]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Media(Table):
    """The bytes of an image, under the last segment of its address."""

    __tablename__ = "media"
    name: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProductImage(Table):
    """An uploaded image of a product."""

    __tablename__ = "product_images"
    id: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"), index=True)
    type: Mapped[str]
    media_name: Mapped[str] = mapped_column(ForeignKey("media.name"))
    created_at: Mapped[str]


class Product(Table):
    """A garment to photograph."""

    __tablename__ = "products"
    __table_args__ = (Index("products_listed", "organization_id", "created_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str]
    sku: Mapped[str]
    category: Mapped[str]
    created_at: Mapped[str]
    updated_at: Mapped[str]
    images: Mapped[list[ProductImage]] = relationship(
        order_by=(ProductImage.created_at, ProductImage.id), lazy="selectin"
    )


class Shooting(Table):
    """A campaign of one brand."""

    __tablename__ = "shootings"
    __table_args__ = (Index("shootings_listed", "organization_id", "created_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    brand_id: Mapped[str] = mapped_column(ForeignKey("brands.id"))
    name: Mapped[str]
    description: Mapped[str | None]
    due_date: Mapped[str | None]
    season: Mapped[str | None]
    collection: Mapped[str | None]
    archived: Mapped[bool]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class RevisionImage(Table):
    """One image of a revision, made by a prediction."""

    __tablename__ = "revision_images"
    id: Mapped[str] = mapped_column(primary_key=True)
    revision_id: Mapped[str] = mapped_column(ForeignKey("revisions.id"), index=True)
    prediction_id: Mapped[str] = mapped_column(ForeignKey("predictions.id"))
    media_name: Mapped[str] = mapped_column(ForeignKey("media.name"))
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Revision(Table):
    """One version of a shot, up for a verdict."""

    __tablename__ = "revisions"
    id: Mapped[str] = mapped_column(primary_key=True)
    shot_id: Mapped[str] = mapped_column(ForeignKey("shots.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    previous_revision_id: Mapped[str | None]
    version: Mapped[int]
    status: Mapped[str]
    notes: Mapped[str | None]
    media_name: Mapped[str] = mapped_column(ForeignKey("media.name"))
    created_at: Mapped[str]
    updated_at: Mapped[str]
    owner: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    images: Mapped[list[RevisionImage]] = relationship(
        order_by=(RevisionImage.created_at, RevisionImage.id), lazy="joined"
    )


class Shot(Table):
    """A picture to make."""

    __tablename__ = "shots"
    __table_args__ = (Index("shots_listed", "organization_id", "created_at", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    shooting_id: Mapped[str] = mapped_column(ForeignKey("shootings.id"), index=True)
    look_id: Mapped[str] = mapped_column(ForeignKey("looks.id"), index=True)
    shot_type_id: Mapped[str] = mapped_column(ForeignKey("shot_types.id"))
    status: Mapped[str]
    current_revision_id: Mapped[str | None]
    rework_available: Mapped[int]
    rework_used: Mapped[int]
    created_at: Mapped[str]
    updated_at: Mapped[str]
    shot_type: Mapped[ShotType] = relationship(lazy="joined", innerjoin=True)
    look: Mapped[Look] = relationship(back_populates="shots", lazy="raise")
    revisions: Mapped[list[Revision]] = relationship(order_by=Revision.version, lazy="selectin")


class Look(Table):
    """A product on a subject in a style, and the shots of it."""

    __tablename__ = "looks"
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    shooting_id: Mapped[str] = mapped_column(ForeignKey("shootings.id"), index=True)
    main_product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    style_id: Mapped[str] = mapped_column(ForeignKey("styles.id"))
    created_at: Mapped[str]
    updated_at: Mapped[str]
    shots: Mapped[list[Shot]] = relationship(
        back_populates="look", order_by=(Shot.created_at, Shot.id), lazy="selectin"
    )


class Prediction(Table):
    """One image of a generation."""

    __tablename__ = "predictions"
    id: Mapped[str] = mapped_column(primary_key=True)
    generation_id: Mapped[str] = mapped_column(ForeignKey("generations.id"), index=True)
    position: Mapped[int]
    status: Mapped[str]
    seed: Mapped[int]
    media_name: Mapped[str | None] = mapped_column(ForeignKey("media.name"))
    error_category: Mapped[str | None]
    error_message: Mapped[str | None]
    created_at: Mapped[str]
    updated_at: Mapped[str]


class Generation(Table):
    """One run of a model for a shot.

    ``worker_id`` and ``lease_until`` (seconds of the machine's clock) say which process moves it.
    """

    __tablename__ = "generations"
    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    shot_id: Mapped[str] = mapped_column(ForeignKey("shots.id"), index=True)
    look_id: Mapped[str] = mapped_column(ForeignKey("looks.id"))
    product_id: Mapped[str] = mapped_column(ForeignKey("products.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    style_id: Mapped[str] = mapped_column(ForeignKey("styles.id"))
    shot_type_id: Mapped[str] = mapped_column(ForeignKey("shot_types.id"))
    model_id: Mapped[str] = mapped_column(ForeignKey("generation_models.id"))
    status: Mapped[str] = mapped_column(index=True)
    seed: Mapped[int]
    worker_id: Mapped[str]
    lease_until: Mapped[float]
    completed_at: Mapped[str | None]
    created_at: Mapped[str]
    updated_at: Mapped[str]
    predictions: Mapped[list[Prediction]] = relationship(
        order_by=Prediction.position, lazy="selectin"
    )
