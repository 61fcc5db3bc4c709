//! Ready-made compliance packs.
