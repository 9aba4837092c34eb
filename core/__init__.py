"""Settings, database, model files, jobs, errors, telemetry. No word of the domain."""
