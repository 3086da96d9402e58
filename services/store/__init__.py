"""What we know: PostgreSQL, set-based SQL, one pen."""
