//! Programs: what they see, what is heard of them, and how they end.

use portcullis_credentials::{Programs, Secrets};
use portcullis_firewall::outside::{Line, OutsideError, Program, SecretName, Starter, Variable};
use std::{path::Path, time::Duration};

fn shell(script: &str) -> Program {
    Program {
        command: ["sh", "-c", script].map(str::to_owned).to_vec(),
        folder: None,
        variables: Vec::new(),
        most_bytes: 64,
    }
}

async fn start(program: Program) -> Box<dyn Line> {
    Programs::new(Secrets::new()).start(program).await.unwrap()
}

#[tokio::test]
async fn lines_go_both_ways() {
    let mut line = start(shell("while read -r word; do echo \"got $word\"; done")).await;
    for word in ["one", "two"] {
        line.say(word.to_owned()).await.unwrap();
        assert_eq!(line.hear().await.unwrap().unwrap(), format!("got {word}"));
    }
    assert!(line.say("two\nlines".to_owned()).await.is_err());
}

#[tokio::test]
async fn a_program_sees_its_own_variables_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "s3cret\n").unwrap();
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let name = SecretName::new(&format!("file:{}", secret.display()));
    let program = Program {
        folder: Some(folder.path().to_owned()),
        variables: vec![
            ("MODE".to_owned(), Variable::Plain("calm".to_owned())),
            ("TOKEN".to_owned(), Variable::Secret(name)),
        ],
        // Cargo sets this variable for every test.
        ..shell("echo \"$MODE $TOKEN ${CARGO_MANIFEST_DIR:-nothing}\"; basename \"$PWD\"")
    };
    let mut line = start(program).await;
    assert_eq!(line.hear().await.unwrap().unwrap(), "calm s3cret nothing");
    let here = folder.path().file_name().unwrap().to_str().unwrap();
    assert_eq!(line.hear().await.unwrap().unwrap(), here);
    assert_eq!(line.hear().await, Ok(None));
}

#[tokio::test]
async fn without_its_secret_nothing_is_started() {
    let program = Program {
        variables: vec![(
            "TOKEN".to_owned(),
            Variable::Secret(SecretName::new("env:NOBODY_SETS_THIS")),
        )],
        ..shell("echo started")
    };
    let started = Programs::new(Secrets::new()).start(program).await;
    assert!(matches!(started, Err(OutsideError::NoSecret(_))));
}

#[tokio::test]
async fn a_line_without_end_is_not_read_to_its_end() {
    let mut line = start(shell("yes | tr -d '\\n'")).await;
    assert!(matches!(
        line.hear().await,
        Err(OutsideError::Unusable { .. })
    ));
    assert_eq!(line.hear().await, Ok(None));
}

#[tokio::test]
async fn what_is_not_text_is_not_heard() {
    let mut line = start(shell("printf '\\377\\n'")).await;
    assert!(matches!(
        line.hear().await,
        Err(OutsideError::Unusable { .. })
    ));
}

#[tokio::test]
async fn everything_a_program_started_ends_with_its_line() {
    let mut line = start(shell("sleep 600 & echo $!; wait")).await;
    let id = line.hear().await.unwrap().unwrap();
    let process = format!("/proc/{id}");
    assert!(Path::new(&process).exists());
    drop(line);
    for _ in 0..500 {
        // Whoever has ended may stay as a name until its parent looks.
        let state = std::fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
        if state.is_empty() || state.contains(") Z") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("process {id} still runs");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_so() {
    let program = Program {
        command: vec!["/nowhere/at-all".to_owned()],
        ..shell("")
    };
    let started = Programs::new(Secrets::new()).start(program).await;
    assert!(matches!(started, Err(OutsideError::Unreachable { .. })));
}
