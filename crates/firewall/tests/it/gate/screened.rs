//! Markers are planted wherever an agent or a person may write, and looked for wherever it is shown.

use super::fixture::{Gate, release};
use base64::{Engine, engine::general_purpose::STANDARD};
use portcullis_firewall::{query::RecordQuery, turn::OutcomeResult};
use portcullis_policy::tier::Verdict;
use portcullis_screen::{
    kind::Kind,
    screen::Screen,
    secrets::{Level, Secrets},
};
use serde_json::{Value, json};

const MARKER: &str = "m4rker/that+nobody=may see";

fn ways() -> Vec<String> {
    let percent = |byte: u8| format!("%{byte:02x}");
    vec![
        MARKER.to_owned(),
        STANDARD.encode(MARKER),
        STANDARD.encode(format!("x{MARKER}")),
        hex::encode(MARKER),
        MARKER.bytes().map(percent).collect(),
        MARKER
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
    ]
}

fn assert_unseen(place: &str, text: &str) {
    for way in ways() {
        let written = way.replace('\\', "\\\\");
        assert!(
            !text.contains(&way) && !text.contains(&written),
            "{way} in {place}: {text}"
        );
    }
    assert!(
        !text.contains("hunter2") && !text.contains("ann@example.com"),
        "{place}: {text}"
    );
}

async fn gate() -> Gate {
    screened(Gate::open().await)
}

fn screened(gate: Gate) -> Gate {
    let mut secrets = Secrets::new();
    secrets.add(MARKER).expect("a secret");
    let screen = Screen::builder()
        .secrets(Level::Global, secrets)
        .personal([Kind::Email]);
    let screen = screen.build().expect("a screen");
    gate.firewall.use_screen(&gate.architect.tenant, &screen);
    gate
}

fn planted() -> Value {
    let mut action = release();
    let ways = ways();
    action["parameters"]["texts"] = json!(ways);
    action["parameters"]["deep"] = json!({ MARKER: [{ "db_password": "hunter2" }] });
    action["parameters"]["mail"] = json!("ann@example.com");
    action["reasoning"] = json!(format!("because {} and password=hunter2", ways.join(", ")));
    action["evidence"] = json!([{ "log": ways.join("\n") }, MARKER]);
    action
}

#[tokio::test]
async fn planted_secrets_are_seen_nowhere() {
    let gate = gate().await;
    let answer = gate.ask(planted()).await.expect("an answer");
    assert_eq!(answer.verdict, Verdict::Held);
    let hold = answer.hold.as_ref().expect("a hold").id.clone();
    assert_unseen("the answer", &format!("{answer:?}"));
    let sight = gate
        .firewall
        .sight(&gate.ann, &hold)
        .await
        .expect("a sight");
    assert_unseen(
        "what approvers see",
        &serde_json::to_string(&sight).expect("JSON"),
    );
    assert_eq!(sight.hidden_parts, 23);
    let lines = sight.parameters.iter().map(|line| line.text.as_str());
    let lines = lines.collect::<Vec<_>>().join("\n");
    assert!(
        lines.contains("[REDACTED]") && lines.contains("[EMAIL_1]"),
        "{lines}"
    );
    let why = format!("no: {MARKER}");
    gate.firewall
        .kill(&gate.ann, &hold, Some(&why))
        .await
        .expect("a no");
    let kept = gate.firewall.hold(&gate.ann, &hold).await.expect("a hold");
    assert_unseen("the hold", &serde_json::to_string(&kept).expect("JSON"));
    let evidence = gate
        .firewall
        .evidence(&gate.architect, &hold)
        .await
        .expect("evidence");
    assert_unseen(
        "the evidence",
        &serde_json::to_string(&evidence).expect("JSON"),
    );
    assert!(evidence.action.canonical.is_none());
    assert_eq!(evidence.action.sha256, kept.action_digest.to_string());
    let records = gate
        .firewall
        .records(&gate.architect, RecordQuery::after(0, 1_000))
        .await;
    for record in records.expect("records") {
        assert_unseen("a record", &String::from_utf8_lossy(&record.payload));
    }
    let payload = gate.payload(answer.seq).await;
    assert_eq!(payload["hidden_parts"], 23);
    assert!(
        payload.get("nonce").is_none(),
        "with it the digest could be guessed back"
    );
}

#[tokio::test]
async fn a_command_is_shown_word_by_word_without_what_is_secret() {
    let policy = "version: 1\nactions: [{ action: command.run }]\n";
    let gate = screened(Gate::with_policy(policy).await);
    let written = format!("kubectl frobnicate {MARKER} --password=hunter2; rm -rf build");
    let answer = gate
        .ask(json!({ "action": "command.run", "target": "cluster", "parameters": { "line": written } }))
        .await
        .expect("an answer");
    assert_eq!(answer.verdict, Verdict::Held);
    assert_unseen("the answer", &format!("{answer:?}"));
    let hold = answer.hold.as_ref().expect("a hold").id.clone();
    let sight = gate
        .firewall
        .sight(&gate.ann, &hold)
        .await
        .expect("a sight");
    let command = sight.command.join("\n");
    assert_unseen("what approvers see", &command);
    for line in [
        "IT TAKES SOMETHING AWAY, AND PART OF IT CANNOT BE UNDERSTOOD (risk tier 4 destructive)",
        "    1: frobnicate",
        "  cannot be understood: `frobnicate` is nothing that the gate knows of this program",
        "  destroys: deletes `build`",
    ] {
        assert!(
            sight.command.iter().any(|shown| shown == line),
            "{line}: {command}"
        );
    }
    let payload = gate.payload(answer.seq).await;
    assert_unseen("the record", &payload.to_string());
}

#[tokio::test]
async fn what_executes_is_what_came() {
    let gate = gate().await;
    let bytes = planted().to_string();
    let read = |key| gate.firewall.read_request(&gate.own, bytes.as_bytes(), key);
    let request = read(None).expect("a request");
    let frozen = String::from_utf8_lossy(&request.frozen.bytes).into_owned();
    assert!(frozen.contains(MARKER) && frozen.contains("hunter2"));
    let screened = String::from_utf8_lossy(&request.view.parameters).into_owned();
    assert!(
        !screened.contains("hunter2"),
        "the usual screen is passed at reading"
    );
}

#[tokio::test]
async fn requests_that_differ_in_a_secret_are_two() {
    let gate = gate().await;
    let with = |password: &str| {
        let mut action = release();
        action["parameters"]["password"] = json!(password);
        action
    };
    let one = gate.ask(with("hunter2")).await.expect("an answer");
    let again = gate.ask(with("hunter2")).await.expect("an answer");
    let other = gate.ask(with("hunter3")).await.expect("an answer");
    let id = |answer: &portcullis_firewall::answer::Answer| {
        answer.hold.as_ref().map(|hold| hold.id.clone())
    };
    assert_eq!(id(&one), id(&again));
    assert_ne!(id(&one), id(&other));
}

#[tokio::test]
async fn a_secret_in_a_name_is_refused() {
    let gate = gate().await;
    for (field, value) in [
        ("target", format!("db {MARKER}")),
        ("target", "postgres://app:hunter2@db".to_owned()),
        ("environment", format!("prod-{}", hex::encode(MARKER))),
    ] {
        let mut action = release();
        action[field] = json!(value);
        let error = gate.ask(action).await.expect_err("a refusal");
        assert_eq!(error.code(), "request.invalid");
        assert_unseen("the refusal", &format!("{error} {error:?}"));
    }
}

#[tokio::test]
async fn the_outcome_is_screened_and_replay_says_what_it_cannot_judge() {
    let gate = gate().await;
    let mut action = super::fixture::list();
    action["parameters"] = json!({ "note": MARKER });
    let answer = gate.ask(action).await.expect("an answer");
    assert_eq!(answer.verdict, Verdict::Cleared);
    gate.ask(super::fixture::list()).await.expect("an answer");
    let report = (
        OutcomeResult::Succeeded,
        format!("did {MARKER}"),
        None,
        None,
    );
    let sealed = gate
        .firewall
        .report(&gate.own, answer.seq, report)
        .await
        .expect("a report");
    assert_eq!(gate.payload(sealed.seq).await["effect"], "did [REDACTED]");
    let all = (1, gate.head().await);
    let replay = gate
        .firewall
        .replay(&gate.architect, all, None, &mut |_| {})
        .await;
    let replay = replay.expect("a replay");
    assert_eq!(
        (replay.replayed, replay.hidden, replay.differing_bytes),
        (1, 1, 0)
    );
}

/// A permit as its wallet asks for it, for this token.
fn permit(kind: &str, token: &str, asset: &str) -> Value {
    json!({
        "action": kind, "target": "main",
        "parameters": {
            "asset": asset, "spender": "0x00000000000000000000000000000000000000b2",
            "words": ["let somebody spend"],
            "data": {
                "types": {
                    "EIP712Domain": [
                        {"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"},
                        {"name": "verifyingContract", "type": "address"},
                    ],
                    "PermitSingle": [
                        {"name": "details", "type": "PermitDetails"},
                        {"name": "spender", "type": "address"},
                        {"name": "sigDeadline", "type": "uint256"},
                    ],
                    "PermitDetails": [
                        {"name": "token", "type": "address"}, {"name": "amount", "type": "uint160"},
                        {"name": "expiration", "type": "uint48"}, {"name": "nonce", "type": "uint48"},
                    ],
                },
                "primaryType": "PermitSingle",
                "domain": {
                    "name": "Permit2", "chainId": 8453,
                    "verifyingContract": "0x000000000022D473030F116dDEE9F6B43aC78BA3",
                },
                "message": {
                    "details": {
                        "token": token, "amount": "5000000", "expiration": 1775831521, "nonce": 0,
                    },
                    "spender": "0x00000000000000000000000000000000000000b2",
                    "sigDeadline": "1775831521",
                },
            },
        },
    })
}

#[tokio::test]
async fn approvers_see_which_token_a_permit_is_about_and_no_secret_by_it() {
    const USD: &str = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913";
    const OTHER: &str = "0x4200000000000000000000000000000000000006";
    let policy = "version: 1\nactions: [{ action: evm.* }, { action: note_write }]\n\
        catalogue: [{ action: note_write, tier: 3 }]\n";
    let gate = screened(Gate::with_policy(policy).await);
    let sign = "evm.sign_typed_data";
    for (action, is_seen) in [
        (permit(sign, USD, USD), true),
        (permit(sign, &USD.to_lowercase(), USD), true),
        // Under this name, only what is there to be read beside it is shown.
        (permit(sign, OTHER, USD), false),
        (permit(sign, "hunter2", "hunter2"), false),
        (permit("evm.send", USD, USD), false),
        (permit("note_write", USD, USD), false),
    ] {
        let answer = gate.ask(action.clone()).await.expect("an answer");
        let hold = answer.hold.unwrap_or_else(|| panic!("{action}"));
        let sight = gate.firewall.sight(&gate.ann, &hold.id).await;
        let sight = sight.expect("a sight");
        let lines = sight.parameters.iter().map(|line| line.text.as_str());
        let lines = lines.collect::<Vec<_>>().join("\n");
        assert_eq!(!lines.contains("[REDACTED]"), is_seen, "{action}: {lines}");
        assert_eq!(sight.hidden_parts, u64::from(!is_seen), "{action}");
        let record = gate.payload(answer.seq).await;
        assert_eq!(record.get("nonce").is_some(), is_seen, "{action}");
        if is_seen && action["parameters"]["data"]["message"]["details"]["token"] == USD {
            insta::assert_snapshot!(lines);
        }
    }
}
