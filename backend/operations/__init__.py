"""What whoever runs the server does: check a deployment, back up, restore, say what is held."""
