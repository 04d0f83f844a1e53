"""A small Django REST framework service, as one looks after the tutorial; and faults to seed in it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection, models
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import mixins, permissions, routers, serializers, viewsets
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.views import obtain_auth_token
from rest_framework.response import Response
from rest_framework.views import APIView

FAULT = {"name": ""}


class Item(models.Model):
    title = models.CharField(max_length=60)
    price = models.FloatField()
    stock = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"
        ordering = ("id",)

    def __str__(self):
        return self.title


class ItemSerializer(serializers.ModelSerializer):
    owner = serializers.CharField(source="owner.username", read_only=True)

    class Meta:
        model = Item
        fields = ("id", "title", "price", "stock", "owner")

    def to_representation(self, instance):
        shown = super().to_representation(instance)
        if FAULT["name"] == "price-as-text":
            shown["price"] = str(shown["price"])
        if FAULT["name"] == "owner-as-number":
            shown["owner"] = instance.owner_id
        return shown


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "username", "email")


class Items(viewsets.ModelViewSet):
    """Items of the shop."""

    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    lookup_value_regex = r"\d+"

    def get_permissions(self):
        return [] if FAULT["name"] == "unauthenticated" else super().get_permissions()

    def perform_create(self, serializer):
        serializer.save(
            owner=self.request.user
            if self.request.user.is_authenticated
            else User.objects.get(username="ada")
        )

    def retrieve(self, request, *args, **kwargs):
        if FAULT["name"] == "own-envelope" and not Item.objects.filter(pk=int(kwargs["pk"])).exists():
            return Response({"error": "no such item"}, 404)
        return super().retrieve(request, *args, **kwargs)


class Drafts(mixins.CreateModelMixin, viewsets.GenericViewSet):
    """Items of nobody in particular."""

    queryset = Item.objects.all()
    serializer_class = ItemSerializer
    permission_classes = (permissions.AllowAny,)
    authentication_classes = ()

    def perform_create(self, serializer):
        if FAULT["name"] == "crash-on-value":
            1 / serializer.validated_data["price"]
        serializer.save(owner=User.objects.get(username="ada"))


class Me(APIView):
    """The caller."""

    permission_classes = (permissions.IsAuthenticated,)

    @extend_schema(responses=UserSerializer)
    def get(self, request):
        return Response(UserSerializer(request.user).data)


router = routers.DefaultRouter()
router.register("items", Items)
router.register("drafts", Drafts, basename="draft")
urlpatterns = [
    path("", include(router.urls)),
    path("users/me/", Me.as_view()),
    path("login/", obtain_auth_token),
    path("schema/", SpectacularAPIView.as_view()),
]


def furnish():
    """Put one item and two users into the database, and nothing else."""
    if Item._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Item)
    Item.objects.all().delete()
    for name in ("ada", "grace"):
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(name, password="engine")
    ada = User.objects.get(username="ada")
    Token.objects.get_or_create(user=ada, key="token-of-ada")
    Item.objects.create(id=1, title="Loom", price=90, stock=3, owner=ada)
