"""What happens in each phase: one module each, with one function ``on(turn, event, rules)``.

It returns the next turn, or None where the phase has no use for the event.
"""
