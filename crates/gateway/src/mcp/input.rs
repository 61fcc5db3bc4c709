//! Calls that go on in rounds, because their server wants to know something of the client first
//! (MCP 2026-07-28, multi-round-trip requests).
//!
//! Each round is an action of its own, with all that the client answers in it. What the client brings
//! back is the gate's, and names a hold, or the server's, and is marked as such.

use super::{fault::Fault, guest::Guest, kinds, listener::Listener, message::Request, order::Deed};
use portcullis_firewall::hold::Hold;
use serde_json::Value;

/// What the state of a server begins with at a client. No hold is called so.
const MARK: &str = "server:";
/// The longest state, in bytes.
const STATE_MAX: usize = 64 << 10;

/// What a client brings back.
#[derive(Debug, PartialEq)]
pub(super) enum Brought<'r> {
    /// Nothing of the gate's: answers to the server, and what it wanted to have back.
    Input(Option<&'r Value>, Option<&'r str>),
    /// The id of a hold.
    Hold(&'r str),
}

/// Reads what a request brings back.
///
/// Fails closed: what is neither the gate's nor a server's is refused, and what is brought in an era
/// that knows no rounds.
pub(super) fn brought<'r>(guest: &Guest, request: &'r Request) -> Result<Brought<'r>, Fault> {
    let state = match request.params.get("requestState") {
        None | Some(Value::Null) => None,
        Some(Value::String(state)) if guest.is_stateless() => Some(state.as_str()),
        Some(_) => return Err(Fault::params("`requestState` is not one of the gate's")),
    };
    let answers = request.params.get("inputResponses");
    let answers = answers.filter(|answers| guest.is_stateless() && !answers.is_null());
    if answers.is_some_and(|answers| !answers.is_object()) {
        return Err(Fault::params("`inputResponses` is no object"));
    }
    match state.map(|state| (state, state.strip_prefix(MARK))) {
        None => Ok(Brought::Input(answers, None)),
        Some((_, Some(of_server))) => Ok(Brought::Input(answers, Some(of_server))),
        Some((hold, None)) => Ok(Brought::Hold(hold)),
    }
}

/// What a waiting action brings to its server: its answers and its state.
pub(super) fn kept(hold: &Hold) -> (Option<Value>, Option<String>) {
    let of = |key: &str| hold.parameters.pointer(&format!("/_mcp/{key}")).cloned();
    let state = of("state").and_then(|state| state.as_str().map(str::to_owned));
    (of("answers"), state)
}

/// Whether the client of a call can be asked for what a result wants.
pub(super) fn may_be_wanted(
    guest: &Guest,
    deed: Deed,
    result: &Value,
    listener: &Listener,
) -> bool {
    let state = result.get("requestState").map(Value::as_str);
    let is_short = state.is_none_or(|state| state.is_some_and(|text| text.len() <= STATE_MAX));
    guest.is_stateless() && deed.in_rounds() && is_short && listener.allows(result)
}

/// A result whose state says that it is the server's.
pub(super) fn marked(mut result: Value) -> Value {
    if kinds::is_wanted(&result)
        && let Some(Value::String(state)) = result.get_mut("requestState")
    {
        state.insert_str(0, MARK);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::marked;
    use serde_json::json;

    #[test]
    fn the_state_of_a_server_passes_for_no_hold() {
        let wants = json!({"resultType": "input_required", "requestState": "esc_1"});
        assert_eq!(marked(wants)["requestState"], "server:esc_1");
        let done = json!({"requestState": "esc_1"});
        assert_eq!(marked(done.clone()), done);
    }
}
