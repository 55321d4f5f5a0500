"""Makes the flow run: event loop, effect handlers, journal, recovery, timers, clock.

Knows devices and the line to the server; must not know screens, portraits' engines or
diagnostics: what it needs of them it declares in ``protocols``, and the application wires it.
"""
