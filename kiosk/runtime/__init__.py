"""Make the flow run: event loop, effect handlers, journal, recovery, timers, clock."""
