"""What the API says about trainings, and what it takes."""
