"""The staff console: server-rendered pages over the server's services; no rules of its own."""
