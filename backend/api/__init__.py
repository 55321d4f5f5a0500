"""The kiosks' API: thin views over the services."""
