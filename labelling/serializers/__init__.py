"""What the API says about datasets, and what it takes."""
