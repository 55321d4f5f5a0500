"""What plays the other people in a demonstration: staff at their browsers."""
