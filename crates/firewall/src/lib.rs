//! The life of one action, from arrival to record.
