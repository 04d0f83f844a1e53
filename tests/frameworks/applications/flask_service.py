"""A small Flask service with flask-smorest, as one looks after the tutorial; and faults to seed in it."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify, request
from flask.views import MethodView
from flask_smorest import Api, Blueprint
from flask_smorest import abort as refuse
from marshmallow import Schema, fields, validate

PASSWORDS = {"ada": "engine", "grace": "compiler"}


class Login(Schema):
    username = fields.String(required=True)
    password = fields.String(required=True)


class Grant(Schema):
    access_token = fields.String(required=True)


class User(Schema):
    name = fields.String(required=True)
    email = fields.String(allow_none=True)


class Page(Schema):
    skip = fields.Integer(load_default=0, validate=validate.Range(min=0))
    limit = fields.Integer(load_default=10, validate=validate.Range(min=1, max=100))


class Draft(Schema):
    title = fields.String(required=True, validate=validate.Length(min=1, max=60))
    price = fields.Float(required=True, validate=validate.Range(min=0, max=1_000_000))
    stock = fields.Integer(load_default=0, validate=validate.Range(min=0, max=1_000_000))
    tags = fields.List(fields.String(), load_default=list)


class Item(Draft):
    id = fields.Integer(required=True)
    owner = fields.String(required=True)


def current_user() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    name = token.removeprefix("token-of-")
    if kind != "Bearer" or name == token or name not in PASSWORDS:
        answer = jsonify(code=401, status="Unauthorized")
        answer.status_code, answer.headers["WWW-Authenticate"] = 401, "Bearer"
        abort(answer)
    return name


def create_app(fault: str = "") -> Flask:
    """Return the service, with *fault* in it."""
    app = Flask(__name__)
    app.config.update(
        API_TITLE="Shop",
        API_VERSION="1.0",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/",
        PROPAGATE_EXCEPTIONS=False,
    )
    api = Api(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    shop = Blueprint("shop", __name__, description="Items and users")
    secured = {"security": [{"bearer": []}]}
    items = {1: {"id": 1, "title": "Loom", "price": 90.0, "stock": 3, "tags": ["old"], "owner": "ada"}}

    def found(item_id: int) -> dict:
        if item_id not in items:
            refuse(404, message="Item not found")
        return items[item_id]

    def add(draft: dict, owner: str) -> dict:
        number = max(items, default=0) + 1
        items[number] = {"id": number, "owner": owner, **draft}
        return items[number]

    @shop.route("/login", methods=["POST"])
    @shop.arguments(Login)
    @shop.response(200, Grant)
    def login(given):
        if PASSWORDS.get(given["username"]) != given["password"]:
            refuse(400, message="Incorrect username or password")
        return {"access_token": f"token-of-{given['username']}"}

    @shop.route("/users/me")
    @shop.doc(**secured)
    @shop.response(200, User)
    def read_me():
        return {"name": current_user()}

    @shop.route("/items")
    class Items(MethodView):
        @shop.arguments(Page, location="query")
        @shop.response(200, Item(many=True))
        def get(self, page):
            if fault == "crash-on-value" and page["limit"] == 100:
                raise ZeroDivisionError("a page too large")
            return list(items.values())[page["skip"] : page["skip"] + page["limit"]]

        @shop.doc(**secured)
        @shop.arguments(Draft)
        @shop.response(201, Item)
        def post(self, draft):
            return add(draft, current_user())

    @shop.route("/drafts", methods=["POST"])
    @shop.arguments(Draft)
    @shop.response(201, Item)
    def create_draft(draft):
        made = add(draft, "ada")
        if fault == "tags-as-text":
            return jsonify({**made, "tags": ",".join(made["tags"])}), 201
        return made

    @shop.route("/items/<int:item_id>")
    class One(MethodView):
        @shop.response(200, Item)
        def get(self, item_id):
            item = found(item_id)
            if fault == "price-as-text":
                return jsonify({**item, "price": str(item["price"])})
            return item

        @shop.doc(**secured)
        @shop.arguments(Draft)
        @shop.response(200, Item)
        def put(self, draft, item_id):
            owner = current_user()
            items[found(item_id)["id"]] = {"id": item_id, "owner": owner, **draft}
            return items[item_id]

        @shop.doc(**secured)
        @shop.response(204)
        def delete(self, item_id):
            if fault != "unauthenticated":
                current_user()
            items.pop(found(item_id)["id"])

    @shop.route("/items/<int:item_id>/label")
    @shop.response(200, Item(only=["title"]))
    def label(item_id):
        if fault == "own-envelope" and item_id not in items:
            return Response("no such item", 404, mimetype="text/plain")
        return found(item_id)

    api.register_blueprint(shop)
    return app
