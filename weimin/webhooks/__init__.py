"""What other programs are told: who subscribed, what is on its way to them, how far it came."""
