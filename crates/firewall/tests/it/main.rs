//! The integration tests of the firewall.
