"""A small FastAPI service, as one looks after the tutorial: users, items, a login; and faults to seed in it."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, status
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel, BeforeValidator, Field

PASSWORDS = {"ada": "engine", "grace": "compiler"}

Token = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]


class User(BaseModel):
    name: str
    email: str | None = None


class Draft(BaseModel):
    title: str = Field(min_length=1, max_length=60)
    price: float = Field(gt=0)
    stock: int = Field(default=0, ge=0, le=1_000_000)
    tags: list[str] = []


class LooseDraft(Draft):
    """A draft whose stock is any value, though the document says that it is a whole number."""

    stock: Annotated[int, BeforeValidator(lambda value: value if isinstance(value, int) else 7)] = 0


class Item(Draft):
    id: int
    owner: str


class Grant(BaseModel):
    access_token: str
    token_type: str = "bearer"


def current_user(token: Token) -> User:
    name = token.removeprefix("token-of-")
    if name == token or name not in PASSWORDS:
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED, "Invalid token", headers={"WWW-Authenticate": "Bearer"}
        )
    return User(name=name)


Me = Annotated[User, Depends(current_user)]


def create_app(fault: str = "") -> FastAPI:
    """Return the service, with *fault* in it."""
    app = FastAPI(title="Shop", version="1.0")
    if fault == "unauthenticated":
        app.dependency_overrides[current_user] = lambda: User(name="ada")
    Drafted = LooseDraft if fault == "truthy-number" else Draft  # noqa: N806 - it is a class
    items = {1: Item(id=1, title="Loom", price=90, stock=3, tags=["old"], owner="ada")}

    def found(item_id: int) -> Item:
        if item_id not in items:
            raise HTTPException(404, "Item not found")
        return items[item_id]

    @app.post("/token")
    def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Grant:
        if PASSWORDS.get(form.username) != form.password:
            raise HTTPException(400, "Incorrect username or password")
        return Grant(access_token=f"token-of-{form.username}")

    @app.get("/users/me")
    def read_me(me: Me) -> User:
        return me

    @app.get("/items")
    def list_items(
        skip: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> list[Item]:
        if fault == "crash-on-value" and limit == 100:
            raise ZeroDivisionError("a page too large")
        return list(items.values())[skip : skip + limit]

    @app.get("/items/{item_id}", response_model=Item)
    def read_item(item_id: int):
        item = found(item_id)
        if fault == "price-as-text":
            return JSONResponse({**item.model_dump(), "price": str(item.price)})
        return item

    @app.get("/items/{item_id}/stock", response_model=dict[str, int])
    def read_stock(item_id: int):
        if fault == "own-envelope" and item_id not in items:
            return JSONResponse({"error": "no such item"}, 404)
        return {"stock": found(item_id).stock}

    @app.post("/items", status_code=201, response_model=Item)
    def create_item(draft: Draft, me: Me):
        return add(draft, me)

    @app.post("/drafts", status_code=201, response_model=Item)
    def create_draft(draft: Drafted):
        made = add(Draft.model_validate(draft.model_dump()), User(name="ada"))
        if fault == "tags-as-text":
            return JSONResponse({**made.model_dump(), "tags": ",".join(made.tags)}, 201)
        return made

    def add(draft: Draft, me: User) -> Item:
        number = max(items, default=0) + 1
        items[number] = Item(id=number, owner=me.name, **draft.model_dump())
        return items[number]

    @app.put("/items/{item_id}", response_model=Item)
    def replace_item(item_id: int, draft: Draft, me: Me):
        items[item_id] = Item(id=item_id, owner=found(item_id).owner, **draft.model_dump())
        return items[item_id]

    @app.delete("/items/{item_id}", status_code=204)
    def delete_item(item_id: int, me: Me) -> None:
        items.pop(found(item_id).id)

    return app
