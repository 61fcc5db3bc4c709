//! Stand-in: the real module is being written.
crate::digest::hex_bytes!{ /// h
Hash(32); }
/// s
pub fn seal(_p:&[u8], _prev: Option<&Hash>) -> Hash { Hash::new([0;32]) }
