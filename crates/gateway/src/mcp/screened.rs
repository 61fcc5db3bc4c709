//! What comes back from a server before an agent sees it.

use super::fault::Fault;
use serde_json::Value;

/// A result as the agent may see it. Everything a server says goes through here, and nothing else
/// does: this is the place for what takes secrets out.
///
/// Fails closed: what is not an object is no result.
pub(super) fn result(result: Value) -> Result<Value, Fault> {
    if result.is_object() {
        Ok(result)
    } else {
        Err(Fault::inside("the server's result is not an object"))
    }
}

/// An error text as the agent may see it.
pub(super) fn text(text: &str) -> String {
    let excerpt = portcullis_firewall::visible::excerpt(text, 2_048);
    portcullis_firewall::visible::visible_block(excerpt.text).into_owned()
}
