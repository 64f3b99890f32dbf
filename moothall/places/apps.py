from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "moothall.places"
    label = "places"
