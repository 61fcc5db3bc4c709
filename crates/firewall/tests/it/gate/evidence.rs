//! What is handed to an auditor is verified by tools that are not ours.

use super::fixture::{Gate, release, submit};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// What independent tools say of a bundle.
fn verified(bundle: &str) -> String {
    let python = std::env::var("PORTCULLIS_PYTHON").unwrap_or_else(|_| {
        panic!("PORTCULLIS_PYTHON names no Python with securesystemslib: run `make test`")
    });
    let mut child = Command::new(python)
        .arg(format!(
            "{}/tests/it/evidence.py",
            env!("CARGO_MANIFEST_DIR")
        ))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(bundle.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let faults = String::from_utf8_lossy(&output.stderr).into_owned();
    format!("{}{faults}", String::from_utf8_lossy(&output.stdout))
}

#[tokio::test]
async fn a_bundle_is_verified_without_the_gate() {
    let gate = Gate::open().await;
    let hold = gate.ask(release()).await.unwrap().hold.unwrap().id;
    let early = gate.firewall.evidence(&gate.ann, &hold).await;
    assert_eq!(early.expect_err("it waits").code(), "hold.not_decided");
    for person in [&gate.ann, &gate.ben] {
        gate.firewall
            .release(person, &hold, Some("due"))
            .await
            .unwrap();
        gate.ask(submit(1, 1.0)).await.unwrap();
    }
    let evidence = gate.firewall.evidence(&gate.ann, &hold).await.unwrap();
    let bundle = serde_json::to_string(&evidence).unwrap();
    assert_eq!(verified(&bundle), "verified 2\n");
    let altered = bundle.replace("alloc-1", "alloc-2");
    assert!(verified(&altered).contains("another digest"));
}
