//! The integration tests of the firewall.
mod gate;
