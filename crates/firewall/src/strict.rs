//! Stand-in: the real module is being written.
/// l
#[derive(Debug, Default)] pub struct Limits{}
/// e
#[derive(Debug,thiserror::Error)] #[error("x")] pub struct StrictError;
impl StrictError { /// p
pub fn path(&self)->String{String::new()} }
/// p
pub fn parse(_b:&[u8],_l:&Limits)->Result<serde_json::Value,StrictError>{Err(StrictError)}
