"""Flows, forecasts, beds short and the emergency watch. Values in, values out."""
