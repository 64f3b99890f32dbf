from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "moothall.site"
    label = "moothall_site"
