"""One module for each phase of a visit: what its screen says. Pure; nothing here knows pixels."""
