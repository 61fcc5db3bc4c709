//! MCP servers that architects add and remove.

use super::fixture::Gate;
use portcullis_firewall::{
    added_server::{Additions, NewServer},
    error::GateError,
    outside::SecretName,
};

fn tickets() -> NewServer {
    NewServer::at("tickets", "https://tickets.example.com/mcp")
}

fn names(gate: &Gate) -> Vec<String> {
    let stock = gate.firewall.stock(&gate.architect.tenant);
    let names = stock.servers.iter();
    names.map(|added| added.server.name.clone()).collect()
}

#[tokio::test]
async fn added_servers_are_on_record_and_survive_a_crash() {
    let mut gate = Gate::open().await;
    let added = gate.firewall.add_server(&gate.architect, tickets()).await;
    assert_eq!(added.unwrap().server, tickets());
    assert_eq!(names(&gate), ["tickets"]);
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["record_type"], "server_change");
    assert_eq!(record["change"], "added");
    assert_eq!(record["server"]["url"], tickets().url);
    gate.reopen().await;
    assert_eq!(names(&gate), ["tickets"]);
    let again = gate.firewall.add_server(&gate.architect, tickets()).await;
    assert!(matches!(again, Err(GateError::Conflict { .. })));

    let removed = gate.firewall.remove_server(&gate.architect, "tickets");
    removed.await.unwrap();
    assert!(names(&gate).is_empty());
    let record = gate.payload(gate.head().await).await;
    assert_eq!(record["change"], "removed");
    gate.reopen().await;
    assert!(names(&gate).is_empty());
    let removed = gate.firewall.remove_server(&gate.architect, "tickets");
    assert!(matches!(removed.await, Err(GateError::NotFound(..))));
}

#[tokio::test]
async fn only_architects_add_and_only_what_the_operator_allows() {
    let gate = Gate::open().await;
    for other in [&gate.ann, &gate.own, &gate.client] {
        let added = gate.firewall.add_server(other, tickets()).await;
        assert!(matches!(added, Err(GateError::Forbidden(_))));
        let removed = gate.firewall.remove_server(other, "tickets").await;
        assert!(matches!(removed, Err(GateError::Forbidden(_))));
    }
    let with_secret = NewServer {
        bearer: Some(SecretName::new("env:TICKETS")),
        ..tickets()
    };
    let added = gate
        .firewall
        .add_server(&gate.architect, with_secret.clone());
    assert!(matches!(added.await, Err(GateError::Invalid(_))));
    let additions = Additions {
        secrets: vec![SecretName::new("env:TICKETS")],
        ..Additions::default()
    };
    let tenant = &gate.architect.tenant;
    gate.firewall.allow_additions(tenant, &additions);
    let added = gate.firewall.add_server(&gate.architect, with_secret);
    added.await.unwrap();
    assert_eq!(names(&gate), ["tickets"]);
}
