"""The emulated world: cards with front, chip and back, and the bay they sit in."""
