"""What an electronic travel document says, and how it is asked. No I/O of its own."""
