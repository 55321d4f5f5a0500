"""Pages in this process, for what needs no browser."""

import pytest
from django.test import Client


@pytest.fixture
def django_pages(database):
    """Return a way to ask for pages as an account."""

    def as_user(user) -> Client:
        client = Client()
        client.force_login(user, backend="backend.accounts.lockout.LockoutBackend")
        return client

    return as_user
