"""Messages to the hall's messenger, one for each alarm that is to be told."""

from django.db import models

from backend.cases.models import Alarm


class Message(models.Model):
    """A message and how often it was tried. It stays until the messenger has taken it."""

    alarm = models.OneToOneField(Alarm, on_delete=models.CASCADE, related_name="message")
    body = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=80, blank=True)
