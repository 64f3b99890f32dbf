from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "moothall.directory"
    label = "directory"
