"""Issue orders: the only licence to print."""
