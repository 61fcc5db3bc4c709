//! Passing on what only reads.

use super::{fault::Fault, line::Line, message::Asked};
use portcullis_firewall::{
    firewall::Firewall,
    outside::{Method, Parcel},
    strict,
};
use portcullis_policy::id::TenantId;
use serde_json::{Value, json};

/// How much of a node's answer is read, in bytes.
const ANSWER_MAX_BYTES: usize = 4 << 20;
/// The longest text of a node's error that is shown.
const MESSAGE_MAX_CHARS: usize = 300;

impl Line {
    /// Asks the node, and shows what it says screened.
    ///
    /// Fails closed: an answer that could be read in two ways, or to another question, is none.
    pub(super) async fn pass_on(
        &self,
        firewall: &Firewall,
        tenant: &TenantId,
        asked: &Asked,
    ) -> Result<Value, Fault> {
        let wish = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": asked.method,
            "params": asked.params,
        });
        let parcel = Parcel {
            method: Method::Post,
            url: self.settings.url.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: wish.to_string().into_bytes(),
            credential: self.settings.credential.clone(),
            reach: self.settings.reach,
        };
        let delivery = self.courier.send(parcel).await;
        let delivery = delivery.map_err(|_| Fault::away("the node does not answer"))?;
        let answer = read(&delivery.body);
        let answer = answer.ok_or_else(|| Fault::away("the node's answer is not usable"))?;
        let screened = firewall.screened_value(tenant, &answer)?;
        match (screened.get("result"), screened.get("error")) {
            (_, Some(error)) if !error.is_null() => Err(of_node(error)),
            (Some(result), _) => Ok(result.clone()),
            _ => Err(Fault::away("the node's answer is not usable")),
        }
    }
}

fn read(body: &[u8]) -> Option<Value> {
    let limits = strict::Limits {
        bytes: ANSWER_MAX_BYTES,
        ..strict::Limits::default()
    };
    let answer = strict::parse(body, &limits).ok()?;
    (answer.get("id") == Some(&json!(1))).then_some(answer)
}

fn of_node(error: &Value) -> Fault {
    let code = error.get("code").and_then(Value::as_i64).unwrap_or(-32_000);
    let message = error.get("message").and_then(Value::as_str);
    let plain = message.unwrap_or_default().chars();
    let plain = plain.filter(|char| !char.is_control());
    let message: String = plain.take(MESSAGE_MAX_CHARS).collect();
    let data = error.get("data").filter(|data| data.is_string()).cloned();
    Fault::of_node(code, message, data.unwrap_or_default())
}
