"""What a lab shows, a module each: `descent`, `map`, `signal`, `curve`, on what they have in common, `base`."""
