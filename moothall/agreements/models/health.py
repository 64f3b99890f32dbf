"""What was answered to the questions of the health check, by whom, on what evidence?"""

from django.conf import settings
from django.db import models

from moothall.agreements.engine.health import Answer
from moothall.agreements.models.register import Agreement


class HealthAnswer(models.Model):
    """One answer to one question. A later one follows it; none is changed."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="health_answers")
    question = models.CharField(max_length=20)  # a key of catalogues/health_check.toml
    answer = models.CharField(max_length=10, choices=[(each.value, each.words) for each in Answer])
    evidence = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["agreement", "question"], name="health_answer_by_question")]

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"
