//! What a command does, told from its words.

use portcullis_policy::{
    catalogue::demand::COMMAND,
    command::{account::Account, asked::Asked, sight},
};
use serde_json::Value;

/// The command among the parameters, line by line; nothing for other actions.
///
/// It is read from what people may see: a word that is hidden from everybody is hidden here, too.
pub(super) fn lines(kind: &str, parameters: &Value) -> Vec<String> {
    let Some(parameters) = parameters.as_object().filter(|_| kind == COMMAND) else {
        return Vec::new();
    };
    match Asked::read(parameters) {
        Ok(asked) => sight::lines(&Account::of(&asked)),
        Err(malformed) => vec![malformed.to_string()],
    }
}
