//! The integration tests of the rules.
