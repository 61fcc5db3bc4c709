//! What a command does, told from its words.

use portcullis_policy::{
    catalogue::demand::COMMAND,
    command::{account::Account, sight},
};
use serde_json::Value;

/// The command among the parameters, line by line; nothing for other actions.
///
/// It is read from what people may see: a word that is hidden from everybody is hidden here, too.
pub(super) fn lines(kind: &str, parameters: &Value) -> Vec<String> {
    let Some(parameters) = parameters.as_object().filter(|_| kind == COMMAND) else {
        return Vec::new();
    };
    match Account::read(parameters) {
        Ok(account) => sight::lines(&account),
        Err(malformed) => vec![malformed.to_string()],
    }
}
