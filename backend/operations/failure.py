"""What an operator's command cannot do, said in one line."""


class UsageError(Exception):
    """An argument or a state that cannot be used, said in one line."""
