//! How each error of the gate becomes a reply.

use axum::http::HeaderMap;
use portcullis_door::{reply::Refusal, request_id::RequestIds};
use portcullis_firewall::error::GateError;
use portcullis_policy::fault::Faults;

fn faults(count: usize) -> Faults {
    let mut faults = Faults::default();
    for at in 0..count {
        faults.add(format!("actions[{at}]"), "is odd");
    }
    faults
}

#[test]
fn every_error_of_the_gate_has_its_status_and_code() {
    let errors = [
        (GateError::Invalid(faults(2)), 422),
        (GateError::Unauthenticated, 401),
        (
            GateError::Forbidden("only an architect may do this".into()),
            403,
        ),
        (
            GateError::AgentRejected("agt_1".into(), "deregistered"),
            403,
        ),
        (GateError::NotFound("hold", "esc_1".into()), 404),
        (
            GateError::conflict("hold.already_decided", "hold `esc_1` is KILLED"),
            409,
        ),
        (
            GateError::Unavailable("the disk at /dev/secret is full".into()),
            503,
        ),
    ];
    let id = RequestIds::new(1).name(&HeaderMap::new());
    let replies: Vec<serde_json::Value> = errors
        .into_iter()
        .map(|(error, status)| {
            let code = error.code();
            let refusal = Refusal::from(error);
            assert_eq!((refusal.status().as_u16(), refusal.code()), (status, code));
            serde_json::from_slice(&refusal.to_json(&id)).unwrap()
        })
        .collect();
    insta::assert_json_snapshot!(replies);
}

#[test]
fn what_broke_inside_stays_inside() {
    let refusal = Refusal::from(GateError::Unavailable(
        "password hunter2 was refused".into(),
    ));
    assert!(!refusal.message().contains("hunter2"));
}

#[test]
fn a_reply_lists_only_so_many_faults_and_says_how_many_are_left() {
    let refusal = Refusal::from(faults(1_000));
    assert_eq!(refusal.details().len(), 33);
    assert_eq!(refusal.details().last().unwrap().message, "and 968 more");
}

#[test]
fn a_long_text_of_the_callers_is_cut_between_characters() {
    let refusal = Refusal::invalid("ä".repeat(10_000), "is not a known field");
    let path = &refusal.details().first().unwrap().path;
    assert!(
        path.len() <= 515 && path.ends_with("ä…"),
        "{} bytes",
        path.len()
    );
}

#[test]
fn every_bare_error_status_has_a_code_of_its_own_kind() {
    for status in 400..600 {
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        let refusal = Refusal::of_status(status);
        assert_eq!(refusal.status(), status);
        let is_internal = refusal.code() == "gate.internal";
        assert_eq!(is_internal, status.is_server_error(), "{status}");
    }
}
