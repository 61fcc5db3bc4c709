//! s
/// e
#[derive(Debug)]
pub struct ExportItem; /// v
#[derive(Debug)]
pub struct Verification;
