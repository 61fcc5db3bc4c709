//! What a command says is heard while it runs, screened and plain.

use crate::house::{House, MINE, SECRET, order, text};
use portcullis_firewall::{
    live::{Live, Said, Stream},
    order::{Ended, Order},
    ports::Executor,
};
use serde_json::json;
use std::fs;

/// Says something, waits to be let go on, and says more.
const TALK: &str = "while [ ! -e listening ]; do sleep 0.01; done; printf 'one planted-marker-'; \
    echo bad >&2; sleep 0.05; echo '4711-abcdef two'; printf 'three\\033[2J\\r\\n'; exit 3";

#[tokio::test]
async fn a_listener_hears_screened_pieces_while_the_command_runs() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let (live, mut listener) = Live::channel();
    let listen = async {
        fs::write(house.home(MINE).join("listening"), "").expect("a file");
        let (mut out, mut err, mut code) = (String::new(), String::new(), None);
        while let Some(said) = listener.hear().await {
            match said {
                Said::Text(Stream::Out, text) => out.push_str(&text),
                Said::Text(Stream::Err, text) => err.push_str(&text),
                Said::Code(ended) => code = Some(ended),
                Said::Begun(_) | Said::Missed(_) => {}
            }
        }
        (out, err, code)
    };
    let argv = json!({ "argv": ["sh", "-c", TALK] });
    let (effect, (out, err, code)) = tokio::join!(commands.execute(heard(argv, live)), listen);
    assert_eq!(code, Some(3));
    assert_eq!(out, "one [REDACTED] two\nthree\\u{1B}[2J\\u{D}\n");
    assert_eq!(err, "bad\n");
    assert_eq!(effect.result, Ended::Failed);
    assert!(!text(&effect).contains(SECRET), "{effect:?}");
    assert!(text(&effect).contains("[REDACTED] two"), "{effect:?}");
}

#[tokio::test]
async fn a_listener_that_does_not_listen_changes_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let (live, mut listener) = Live::channel();
    let argv = json!({ "argv": ["sh", "-c", "seq 1 200000"] });
    let effect = commands.execute(heard(argv, live)).await;
    assert_eq!(effect.result, Ended::Done, "{effect:?}");
    let mut pieces = 0;
    while listener.hear().await.is_some() {
        pieces += 1;
    }
    assert!(pieces > 0);
}

#[tokio::test]
async fn a_command_whose_listener_hangs_up_is_interrupted() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |_| {});
    let (live, mut listener) = Live::channel();
    let hang_up =
        async move { while !matches!(listener.hear().await, None | Some(Said::Text(..))) {} };
    // Whoever runs the tests may have had interrupts ignored, which a shell cannot undo.
    let script = "import signal, sys, time\n\
        def caught(*_): print('caught', flush=True); sys.exit(7)\n\
        signal.signal(signal.SIGINT, caught)\n\
        print('begun ' * 9999, flush=True)\n\
        while True: time.sleep(0.05)\n";
    let argv = json!({ "argv": ["python3", "-c", script] });
    let (effect, ()) = tokio::join!(commands.execute(heard(argv, live)), hang_up);
    assert!(effect.summary.contains("went away"), "{effect:?}");
    assert!(text(&effect).contains("caught"), "{effect:?}");
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

fn heard(parameters: serde_json::Value, live: Live) -> Order {
    let mut order = order(parameters);
    order.live = Some(live);
    order
}
