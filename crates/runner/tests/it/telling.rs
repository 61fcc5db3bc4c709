//! What a command says is heard while it runs, screened and plain.

use crate::house::{House, MINE, SECRET, order, tenant, text};
use portcullis_firewall::{order::Ended, ports::Executor};
use portcullis_runner::stream::{Said, Stream};
use serde_json::json;
use std::fs;

/// Says something, waits to be let go on, and says more.
const TALK: &str = "while [ ! -e listening ]; do sleep 0.01; done; printf 'one planted-marker-'; \
    echo bad >&2; sleep 0.05; echo '4711-abcdef two'; printf 'three\\033[2J\\r\\n'; exit 3";

#[tokio::test]
async fn a_listener_hears_screened_pieces_while_the_command_runs() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let listen = async {
        let which = (tenant(), 1);
        let mut listener = loop {
            if let Some(listener) = house.listeners.listen(&which) {
                break listener;
            }
            tokio::task::yield_now().await;
        };
        fs::write(house.home(MINE).join("listening"), "").expect("a file");
        let (mut out, mut err) = (String::new(), String::new());
        while let Some(said) = listener.next().await {
            match said {
                Said::Text(Stream::Out, text) => out.push_str(&text),
                Said::Text(Stream::Err, text) => err.push_str(&text),
                Said::Begun(_) | Said::Missed(_) => {}
            }
        }
        (out, err)
    };
    let argv = json!({ "argv": ["sh", "-c", TALK] });
    let (effect, (out, err)) = tokio::join!(commands.execute(order(argv)), listen);
    assert_eq!(out, "one [REDACTED] two\nthree\\u{1B}[2J\\u{D}\n");
    assert_eq!(err, "bad\n");
    assert_eq!(effect.result, Ended::Failed);
    assert!(!text(&effect).contains(SECRET), "{effect:?}");
    assert!(text(&effect).contains("[REDACTED] two"), "{effect:?}");
    assert!(house.listeners.listen(&(tenant(), 1)).is_none());
}

#[tokio::test]
async fn a_listener_that_does_not_listen_changes_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let script = "while [ ! -e listening ]; do sleep 0.01; done; seq 1 200000";
    let deaf = async {
        let which = (tenant(), 1);
        let listener = loop {
            if let Some(listener) = house.listeners.listen(&which) {
                break listener;
            }
            tokio::task::yield_now().await;
        };
        fs::write(house.home(MINE).join("listening"), "").expect("a file");
        listener
    };
    let argv = json!({ "argv": ["sh", "-c", script] });
    let (effect, mut listener) = tokio::join!(commands.execute(order(argv)), deaf);
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    let mut last = String::new();
    while let Some(said) = listener.next().await {
        if let Said::Text(_, text) = said {
            last = text;
        }
    }
    assert!(last.ends_with("200000\n"), "{last}");
}

#[tokio::test]
async fn escapes_of_terminals_come_out_written() {
    let house = House::new().await;
    let argv = ["printf", "\\033]0;owned\\007\\033[2Jx\\233\\r\\b"];
    let effect = house.run(&argv).await;
    let said = text(&effect);
    assert_eq!(said, "\\u{1B}]0;owned\\u{7}\\u{1B}[2Jx\u{FFFD}\\u{D}\\u{8}");
    assert!(!said.chars().any(|char| char.is_control()), "{said:?}");
}

#[tokio::test]
async fn a_secret_is_found_however_it_is_cut_and_written() {
    let house = House::new().await;
    let script = "import sys, time, base64\n\
        secret = sys.argv[1][::-1].encode()\n\
        for byte in secret: sys.stdout.buffer.write(bytes([byte])); sys.stdout.flush()\n\
        print(); print(secret.hex()); print(base64.b64encode(secret).decode())\n";
    let backwards: String = SECRET.chars().rev().collect();
    let said = text(&house.run(&["python3", "-c", script, &backwards]).await);
    assert_eq!(said, "[REDACTED]\n[REDACTED]\n[REDACTED]\n");
}
