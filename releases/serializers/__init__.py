"""What the API says about models, and what it takes."""
