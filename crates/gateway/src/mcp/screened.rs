//! What comes back from a server before an agent sees it. Everything that it says goes through
//! here, and nothing else does.

use super::{fault::Fault, kinds};
use portcullis_firewall::{firewall::Firewall, tool::Definition};
use portcullis_policy::id::TenantId;
use serde_json::Value;

/// What takes secrets out of everything that servers say to a tenant's agents.
#[derive(Clone, Copy, Debug)]
pub(super) struct Screened<'g> {
    pub(super) firewall: &'g Firewall,
    pub(super) tenant: &'g TenantId,
}

impl Screened<'_> {
    /// A result as the agent may see it.
    ///
    /// Fails closed: what is not an object, and what cannot be screened, is no result.
    pub(super) fn result(self, result: &Value) -> Result<Value, Fault> {
        let mut shown = self.value(result)?;
        if let (Some(members), Some(state)) = (shown.as_object_mut(), result.get("requestState"))
            && kinds::is_wanted(result)
        {
            // It is sealed by its server, for itself alone, and of no use when it is changed.
            members.insert("requestState".to_owned(), state.clone());
        }
        if shown.is_object() {
            Ok(shown)
        } else {
            Err(Fault::inside("the server's result is not an object"))
        }
    }

    /// The fault that an error of the server's is, as the agent may see it.
    pub(super) fn refusal(self, code: i64, message: &str, data: Option<&Value>) -> Fault {
        let shown = (|| {
            let message = self.value(&text(message).into())?;
            let data = data.map(|data| self.value(data)).transpose()?;
            Ok((message, data))
        })();
        match shown {
            Ok((message, data)) => {
                Fault::upstream(code, message.as_str().unwrap_or_default(), data)
            }
            Err(fault) => fault,
        }
    }

    /// What a server says of a tool, as the agent may see it.
    ///
    /// Fails closed: what cannot be screened is not shown.
    pub(super) fn definition(self, definition: &Definition) -> Result<Definition, Fault> {
        let shown = self.firewall.screened_definition(self.tenant, definition);
        shown.map_err(|_| Fault::inside("what the server says of a tool cannot be screened"))
    }

    /// Words of the gate that hold what a server says, as the agent may see them.
    ///
    /// Fails closed: what cannot be screened is not shown.
    pub(super) fn words(self, words: &str) -> Result<String, Fault> {
        let shown = self.value(&words.into())?;
        Ok(shown.as_str().unwrap_or_default().to_owned())
    }

    /// What a server says as the agent may see it, of any kind.
    ///
    /// Fails closed: what cannot be screened is not shown.
    pub(super) fn value(self, value: &Value) -> Result<Value, Fault> {
        let shown = self.firewall.screened_value(self.tenant, value);
        shown.map_err(|_| Fault::inside("what the server said cannot be screened"))
    }
}

/// An error text in a length and in letters that people can read.
pub(super) fn text(text: &str) -> String {
    let excerpt = portcullis_firewall::visible::excerpt(text, 2_048);
    portcullis_firewall::visible::visible_block(excerpt.text).into_owned()
}
