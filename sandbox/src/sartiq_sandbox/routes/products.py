"""Products and their images."""

from __future__ import annotations

from typing import Annotated

from fastapi import File, Form, HTTPException, UploadFile
from starlette.concurrency import run_in_threadpool

from sartiq_sandbox.access import Reader, Writer
from sartiq_sandbox.bodies import strict_router
from sartiq_sandbox.errors import declared
from sartiq_sandbox.images import InvalidImageError, Picture, read_picture
from sartiq_sandbox.queries import owned, page_of
from sartiq_sandbox.rendering import Document, media_url, product_document
from sartiq_sandbox.routes.parameters import Window
from sartiq_sandbox.schemas import entities
from sartiq_sandbox.schemas.requests import ProductCreate
from sartiq_sandbox.schemas.scalars import UuidInput
from sartiq_sandbox.schemas.vocabulary import ProductImageType
from sartiq_sandbox.state import Base, Here
from sartiq_sandbox.tables import Media, Product, ProductImage

__all__ = ["FORM_SCHEMA", "ROUTER"]

FORM_SCHEMA = "Body_upload_product_image"
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
FILE_ENCODING = {
    "requestBody": {
        "content": {
            "multipart/form-data": {"encoding": {"file": {"contentType": ", ".join(MEDIA_TYPES)}}}
        }
    }
}
ROUTER = strict_router("products")


@ROUTER.get("/products/", response_model=entities.Products, responses=declared(401, 422))
async def list_products(user: Reader, sandbox: Here, base: Base, window: Window) -> Document:
    """List the products of the organisation, the oldest first."""
    mine = Product.organization_id == user.organization_id
    with sandbox.database.reading() as session:
        rows, total = page_of(session, Product, [mine], (window.page, window.size))
    return window.document([product_document(row, base) for row in rows], total)


@ROUTER.post("/products/", response_model=entities.Product, responses=declared(400, 401, 403, 422))
async def create_product(user: Writer, sandbox: Here, base: Base, new: ProductCreate) -> Document:
    """Add a product."""
    stamp = sandbox.stamps.next()
    product = Product(
        id=sandbox.chance.identifier(),
        organization_id=user.organization_id,
        name=new.name,
        sku=new.sku,
        category=new.category,
        created_at=stamp,
        updated_at=stamp,
        images=[],
    )
    with sandbox.database.writing() as session:
        session.add(product)
    return product_document(product, base)


@ROUTER.get(
    "/products/{product_id}",
    response_model=entities.Product,
    responses=declared(401, 404, 422),
)
async def read_product(user: Reader, sandbox: Here, base: Base, product_id: UuidInput) -> Document:
    """Show a product."""
    with sandbox.database.reading() as session:
        product = owned(session, Product, product_id, user)
    return product_document(product, base)


@ROUTER.post(
    "/products/{product_id}/images",
    response_model=entities.ProductImage,
    responses=declared(400, 401, 403, 404, 413, 415, 422),
    openapi_extra=FILE_ENCODING,
)
async def upload_product_image(
    user: Writer,
    sandbox: Here,
    base: Base,
    product_id: UuidInput,
    file: Annotated[UploadFile, File()],
    kind: Annotated[ProductImageType, Form(alias="type")],
) -> Document:
    """Add an image to a product."""
    with sandbox.database.reading() as session:
        owned(session, Product, product_id, user)
    picture = await _picture(file, sandbox.settings.max_upload_bytes)
    identifier = sandbox.chance.identifier()
    name = f"{identifier}.{picture.extension}"
    stamp = sandbox.stamps.next()
    with sandbox.database.writing() as session:
        product = owned(session, Product, product_id, user)
        session.add(Media(name=name, media_type=picture.media_type, content=picture.content))
        session.flush()
        image = ProductImage(
            id=identifier, product_id=product_id, type=kind, media_name=name, created_at=stamp
        )
        session.add(image)
        product.updated_at = max(stamp, product.updated_at)
    return {"url": media_url(name, base), "type": kind}


async def _picture(file: UploadFile, limit: int) -> Picture:
    if (file.size or 0) > limit:
        raise HTTPException(413, "File too large")
    media_type = (file.content_type or "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise HTTPException(415, "Unsupported media type")
    try:
        return await run_in_threadpool(read_picture, await file.read())
    except InvalidImageError:
        raise HTTPException(400, "Invalid image") from None
