//! Stand-in: the real module is being written.
use crate::{digest::ActionDigest, sign::*}; use portcullis_policy::id::*; use jiff::Timestamp;
/// c
#[derive(Debug)]
pub struct Claims { /// a
pub id: String, /// a
pub tenant: TenantId, /// a
pub agent: AgentId, /// a
pub digest: ActionDigest, /// a
pub seq: u64, /// a
pub issued_at: Timestamp, /// a
pub expires_at: Timestamp }
/// p
#[derive(Debug)]
pub struct Permit(Claims);
impl Permit { /// a
pub fn tenant(&self)->&TenantId{&self.0.tenant} /// a
pub fn agent(&self)->&AgentId{&self.0.agent} /// a
pub fn id(&self)->&str{&self.0.id} }
/// m
pub fn mint(_k:&SigningKey,_c:&Claims)->String{String::new()}
/// v
pub fn verify(_t:&str,_k:&PublicKey,_n:Timestamp)->Result<Permit,std::fmt::Error>{Err(std::fmt::Error)}
