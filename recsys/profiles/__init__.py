"""What is known of a user, kept up to date as events come: habits, leanings, segments, and what may be expected."""
