//! Stand-in: the real module is being written.
/// f
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Frontier{}
impl Frontier { /// p
pub fn push(&mut self, _h:&crate::chain::Hash) {} }
