//! What hears a command breaks with its credential in hand: nobody is told it, and the command ends.

use crate::{
    house::{House, MINE, SECRET, leased, order, running_with},
    launcher::Programs,
};
use portcullis_firewall::{
    last_words,
    lease::InHand,
    outside::{Awaited, Heard, Launch, Launcher, Running, SecretName, Stop},
    ports::Executor,
    scope::Mode,
};
use portcullis_testkit::planted::{Log, forms, must_hide};
use serde_json::json;
use std::{
    collections::HashMap,
    panic,
    sync::{Arc, Mutex},
    time::Duration,
};

/// What this process tells of its panics.
static TOLD: Mutex<String> = Mutex::new(String::new());

/// Starts programs, and breaks when they have said something.
#[derive(Debug)]
struct Breaks(Programs);

#[derive(Debug)]
struct Broken(Box<dyn Running>, u32);

impl Launcher for Breaks {
    fn launch(&self, launch: Launch) -> Awaited<'_, Box<dyn Running>> {
        Box::pin(async {
            let running = self.0.launch(launch).await?;
            Ok(Box::new(Broken(running, 0)) as Box<dyn Running>)
        })
    }
}

impl Running for Broken {
    fn next(&mut self) -> Awaited<'_, Heard> {
        Box::pin(async {
            let heard = self.0.next().await?;
            self.1 += 1;
            // The first is the launcher's own line.
            assert!(self.1 < 2, "it heard {heard:?} of {:?}", forms(SECRET));
            Ok(heard)
        })
    }

    fn stop(&mut self, how: Stop) {
        self.0.stop(how);
    }
}

#[tokio::test]
async fn a_panic_tells_no_credential_and_leaves_no_command() {
    let (log, _logged) = Log::listen();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |what| {
        TOLD.lock().expect("it").push_str(&last_words::told(what));
        before(what);
    }));
    let secrets = HashMap::from([("lease:1/secret".to_owned(), SECRET.to_owned())]);
    let house = House::with(Arc::new(Breaks(Programs { secrets }))).await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |_| {});
        let mark = format!("8{}{}", std::process::id(), standing.len());
        let script = "sleep 0.3; echo $TOKEN; exec sleep $1";
        let lease = InHand {
            scope: "staging".to_owned(),
            provider: "theirs".to_owned(),
            mode: Mode::Read,
            secrets: vec![("token".to_owned(), SecretName::new("lease:1/secret"))],
            open: Vec::new(),
        };
        let order = order(json!({ "argv": ["sh", "-c", script, "sh", mark] }));
        let order = leased(order, lease);
        let done = tokio::spawn(async move { commands.execute(order).await });
        assert!(
            done.await.is_err_and(|error| error.is_panic()),
            "{standing}"
        );
        for _ in 0..200 {
            if running_with(&mark) == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(
            running_with(&mark),
            0,
            "{standing}: {}",
            house.room(MINE).display()
        );
    }
    let told = TOLD.lock().expect("it");
    assert!(told.contains("a panic at "), "{told}");
    must_hide("the panic", &told, SECRET);
    must_hide("the log", &log.text(), SECRET);
}
