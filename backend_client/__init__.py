"""The line to the hall's server: contract, client and outbox."""
