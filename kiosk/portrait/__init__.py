"""Quality, engines and matching on frames; the work happens in a process of its own."""
