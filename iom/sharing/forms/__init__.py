"""What sharing asks for."""
