"""The terminal: session flow, runtime, portrait matching, screens and diagnostics."""
