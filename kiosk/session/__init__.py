"""What a visit is, as pure functions of events. No I/O, no threads, no clock."""
