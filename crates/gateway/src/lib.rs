//! Doors for agents.
