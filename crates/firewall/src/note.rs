//! Stand-in: the real module is being written.
