//! Reads what a person wrote.
