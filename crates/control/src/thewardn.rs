//! TheWARDN's shapes.
