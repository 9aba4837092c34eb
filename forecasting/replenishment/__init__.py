"""Demand distributions → orders a buyer would place."""
