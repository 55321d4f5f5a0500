"""Encrypted pictures."""

from django.db import models


class Picture(models.Model):
    """One portrait, encrypted. Whoever opens it for a person writes that to the audit."""

    id = models.CharField(max_length=32, primary_key=True)
    ciphertext = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=32)
    created_at = models.DateTimeField()
