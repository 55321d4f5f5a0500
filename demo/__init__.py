"""The demo: emulated devices, the real app and a real server, put together. Imported by nothing."""
