//! The chain of records, its proofs and its exports, from outside.

use crate::house::House;
use portcullis_firewall::chain::Verifier;
use serde_json::{Value, json};

async fn busy() -> House {
    let house = House::new().await;
    house.govern(json!({"action_type": "data_read"})).await;
    house.held().await;
    house.blocked().await;
    house
}

#[tokio::test]
async fn records_are_listed_newest_first_and_filtered() {
    let house = busy().await;
    let list = house.get("/v1/audit?limit=3").await.ok();
    let seqs: Vec<u64> = list["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["seq"].as_u64().unwrap())
        .collect();
    assert!(
        seqs.windows(2).all(|pair| pair[0] == pair[1] + 1),
        "{seqs:?}"
    );
    for (query, count) in [
        ("verdict=CLEARED", 1),
        ("verdict=allow", 1),
        ("verdict=ESCROW", 1),
        ("verdict=deny&tier=c", 1),
        ("verdict=deny&tier=x", 0),
        ("action_type=Data_Read", 1),
        ("record_type=decision", 3),
        ("record_type=tenant_created", 1),
        (
            "start_date=2026-04-10&end_date=2026-04-10&record_type=decision",
            3,
        ),
        ("start_date=2026-04-11", 0),
        ("end_date=2026-04-10T00:00:00Z", 0),
    ] {
        let list = house.get(&format!("/v1/audit?{query}")).await.ok();
        assert_eq!(list["records"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_record_is_shown_as_it_was_sealed() {
    let house = busy().await;
    let record = house.get("/v1/audit/1").await.ok();
    assert_eq!(
        (&record["seq"], &record["prev_hash"]),
        (&json!(1), &json!("0"))
    );
    assert_eq!(record["record_type"], "tenant_created");
    let second = house.get("/v1/audit/2").await.ok();
    assert_eq!(second["prev_hash"], record["hash"]);
    for path in [
        "/v1/audit/0",
        "/v1/audit/9999",
        "/v1/audit/x",
        "/v1/audit/+1",
        "/v1/audit/-1",
    ] {
        assert_eq!(house.get(path).await.refused(404), "not_found", "{path}");
    }
}

#[tokio::test]
async fn the_chain_verifies_and_so_does_its_export_offline() {
    let house = busy().await;
    let verified = house.get("/v1/audit/verify").await.ok();
    assert_eq!(
        (&verified["valid"], &verified["truncated"]),
        (&json!(true), &json!(false))
    );
    let tenant = house.get("/v1/tenant").await.ok();
    assert_eq!(verified["records_checked"], tenant["chain"]["seq"]);

    let export = house.get("/v1/audit/export").await;
    assert_eq!(export.headers["content-type"], "application/x-ndjson");
    let mut verifier = Verifier::from_start().rereading();
    for line in export.text.lines() {
        assert!(verifier.check_json(line.as_bytes()), "{line}");
    }
    let walk = verifier.walk();
    assert_eq!(
        walk.head_hash.unwrap().to_string(),
        tenant["chain"]["hash"].as_str().unwrap()
    );
}

#[tokio::test]
async fn an_export_holds_what_is_asked_for_in_each_format() {
    let house = busy().await;
    let all = house.get("/v1/tenant").await.ok()["chain"]["seq"]
        .as_u64()
        .unwrap();
    for (format, kind, head) in [
        ("jsonl", "application/x-ndjson", 0),
        ("csv", "text/csv; charset=utf-8; header=present", 1),
        ("ocsf", "application/x-ndjson", 0),
        ("cef", "text/plain; charset=utf-8", 0),
    ] {
        let export = house
            .get(&format!("/v1/audit/export?format={format}"))
            .await;
        assert_eq!(export.status.as_u16(), 200);
        assert_eq!(export.headers["content-type"], kind);
        let name = export.headers["content-disposition"].to_str().unwrap();
        assert!(name.starts_with("attachment; filename=\"audit."), "{name}");
        assert_eq!(export.text.lines().count() as u64, all + head, "{format}");
        let few = house
            .get(&format!("/v1/audit/export?format={format}&verdict=HELD"))
            .await;
        assert_eq!(few.text.lines().count() as u64, 1 + head, "{format}");
    }
    assert_eq!(
        house.get("/v1/audit/export?format=pdf").await.faults(),
        ["format"]
    );
}

#[tokio::test]
async fn an_export_says_how_a_hold_ended() {
    let house = House::new().await;
    let hold = house.held().await;
    let why = json!({"reason": "promised"}).to_string();
    let path = format!("/v1/holds/{hold}/release");
    house
        .call(("POST", &path), &house.acme.operator, why)
        .await
        .ok();
    let query = "/v1/audit/export?record_type=escrow_outcome&format=";
    let cef = house.get(&format!("{query}cef")).await.text;
    assert!(cef.contains(" act=RELEASED "), "{cef}");
    assert!(cef.contains(" reason=promised "), "{cef}");
    let ocsf = house.get(&format!("{query}ocsf")).await.text;
    let event: Value = serde_json::from_str(&ocsf).unwrap();
    assert_eq!(
        (&event["status_id"], &event["unmapped"]["status"]),
        (&json!(1), &json!("RELEASED"))
    );
    let csv = house.get(&format!("{query}csv")).await.text;
    assert!(csv.contains(",RELEASED,person:per_"), "{csv}");
}

#[tokio::test]
async fn a_long_export_is_read_piece_by_piece_and_complete() {
    let house = House::new().await;
    for number in 0..1_100 {
        house
            .govern(json!({"action_type": "data_read", "target_service": format!("t{number}")}))
            .await;
    }
    let export = house.get("/v1/audit/export?format=jsonl").await;
    let mut verifier = Verifier::from_start();
    assert!(
        export
            .text
            .lines()
            .all(|line| verifier.check_json(line.as_bytes()))
    );
    let last = house.get("/v1/tenant").await.ok()["chain"]["seq"].as_u64();
    assert_eq!(verifier.walk().last_seq, last);
}

#[tokio::test]
async fn proofs_speak_about_the_same_tree() {
    let house = busy().await;
    let verified = house.get("/v1/audit/verify").await.ok();
    let proof = house.get("/v1/audit/2/proof").await.ok();
    assert_eq!(proof["root_hash"], verified["root_hash"]);
    assert_eq!(
        (&proof["leaf_index"], &proof["tree_size"]),
        (&json!(1), &verified["records_checked"])
    );
    assert_eq!(
        proof["record_hash"],
        house.get("/v1/audit/2").await.ok()["hash"]
    );
    let grown: Value = house.get("/v1/audit/consistency?from=3").await.ok();
    assert_eq!(grown["to_root"], verified["root_hash"]);
    assert_eq!(house.get("/v1/audit/consistency").await.faults(), ["from"]);
    assert_eq!(
        house
            .get("/v1/audit/consistency?from=1&to=9999")
            .await
            .faults(),
        ["to"]
    );
    house.get("/v1/audit/9999/proof").await.refused(404);
}

#[tokio::test]
async fn a_checkpoint_is_a_signed_note_and_its_key_is_shown() {
    let house = busy().await;
    let note = house.get("/v1/audit/checkpoint").await;
    assert_eq!(note.headers["content-type"], "text/plain; charset=utf-8");
    let mut lines = note.text.lines();
    assert_eq!(lines.next(), Some("gate.test/audit/acme"));
    assert_eq!(
        lines.next().map(str::to_owned),
        Some(house.get("/v1/tenant").await.ok()["chain"]["seq"].to_string())
    );
    assert!(
        note.text.contains("\n\n\u{2014} gate.test/audit/acme "),
        "{}",
        note.text
    );
    let key = house.get("/v1/audit/key").await;
    assert!(
        key.text.starts_with("gate.test/audit/acme+"),
        "{}",
        key.text
    );
}

#[tokio::test]
async fn only_a_broken_chain_is_acknowledged() {
    let house = House::new().await;
    let said = json!({"reason": "the disk was restored"});
    let reply = house.act("POST", "/v1/chain/acknowledge", said).await;
    assert_eq!(reply.refused(409), "chain.intact");
    assert_eq!(
        house
            .act("POST", "/v1/chain/acknowledge", json!({}))
            .await
            .faults(),
        ["reason"]
    );
}

#[tokio::test]
async fn a_ledger_that_is_away_is_a_503_and_nothing_else() {
    let house = busy().await;
    house.ledger.fail_reads(true);
    for path in [
        "/v1/audit",
        "/v1/audit/1",
        "/v1/audit/export",
        "/v1/violations",
        "/v1/holds",
    ] {
        assert_eq!(
            house.get(path).await.refused(503),
            "gate.unavailable",
            "{path}"
        );
    }
    house.ledger.fail_reads(false);
    house.ledger.fail_next(1);
    let reply = house.act("POST", "/v1/agents", json!({"name": "x"})).await;
    assert_eq!(reply.refused(503), "gate.unavailable");
    assert_eq!(house.get("/v1/agents").await.ok()["total"], 1);
}
