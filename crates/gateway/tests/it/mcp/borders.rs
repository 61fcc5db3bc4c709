//! Sessions that a call names: another's is one that there is not.

use super::stage::{Stage, code_of};
use crate::borders::{NOBODYS, places};
use portcullis_testkit::FakeRooms;
use serde_json::{Value, json};

#[tokio::test]
async fn no_call_leads_into_anothers_session() {
    let stage = Stage::new().await;
    let firewall = &stage.house.firewall;
    let _rooms = FakeRooms::of(firewall);
    let acme = places(firewall, &stage.house.acme).await;
    let globex = places(firewall, &stage.house.globex).await;
    let told = async |token: &str, session: &str| {
        let params = json!({
            "name": "files__read", "arguments": {"path": "/a"},
            "_meta": {"io.portcullis/session_id": session, "io.portcullis/scope": "cluster"},
        });
        let answer = stage.ask_as(token, json!({}), "tools/call", params).await;
        assert_eq!(code_of(&answer), "session.not_open", "{answer}");
        let mut answer: Value =
            serde_json::from_str(&answer.to_string().replace(session, "…")).unwrap();
        let refusal = &mut answer["result"]["_meta"]["io.portcullis/refusal"];
        refusal["seq"] = Value::Null;
        answer
    };
    let before = stage.script.count();
    let mine = &acme[0];
    for other in acme.iter().skip(1).chain(&globex) {
        let theirs = told(&mine.token, &other.session).await;
        let nobodys = told(&mine.token, NOBODYS).await;
        assert_eq!(theirs, nobodys);
    }
    assert_eq!(stage.script.count(), before, "nothing was done");
}
