"""Staff: accounts, groups, desks, presence, and the lock-out of guessed logins."""
