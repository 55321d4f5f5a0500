"""The staff console: server-rendered pages over the server's services; holds no rules of its own."""
