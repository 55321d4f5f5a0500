"""The emulated world: cards, the bay they lie in, faults that can be set, live pictures.

Only emulators, tests, the demo and the dock may use it. No driver, runtime or server code may
learn from here what its device's bytes do not say.
"""
