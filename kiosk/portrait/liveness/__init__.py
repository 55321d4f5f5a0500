"""Whether a live person stands before the camera: graded, never decided, never told to them."""
