"""A reader of the printed machine-readable zone: Elyctis IDBOX form over serial."""
