//! How commands end, and what is left of them: nothing.

use crate::{
    house::{House, MINE, order, running_with, session, tenant, text, walls},
    launcher::Programs,
};
use portcullis_firewall::{
    order::Ended,
    outside::{Exit, Heard, Launch, Launcher, Running, Stop, Variable},
    ports::{Executor, Rooms as _},
};
use portcullis_runner::{
    frame::framed,
    plan::{Limits, Network, Plan, Wall},
};
use rustix::process::geteuid;
use serde_json::json;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::{MetadataExt, chown},
};

#[tokio::test]
async fn exit_codes_are_passed_through() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        for code in [0, 1, 2, 77, 126, 127, 128, 137, 255] {
            let script = format!("exit {code}");
            let effect = house.effect_behind(&offer, &["sh", "-c", &script]).await;
            let expected = format!("`sh -c exit {code}` ended with code {code}");
            assert_eq!(effect.summary, expected, "{standing}");
        }
    }
}

#[tokio::test]
async fn signals_are_told_apart_from_codes() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |_| {});
        for signal in [6, 9, 15] {
            let argv = json!({ "argv": ["sh", "-c", format!("kill -{signal} 0")] });
            let effect = commands.execute(order(argv)).await;
            assert_eq!(effect.result, Ended::Unknown, "{standing}: {effect:?}");
            let end = format!("was ended by signal {signal}");
            assert!(effect.summary.ends_with(&end), "{standing}: {effect:?}");
        }
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_to_be_missing() {
    let house = House::new().await;
    let effect = house.run(&["no-such-program", "x"]).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(effect.summary, "`no-such-program x` ended with code 127");
    assert!(text(&effect).contains("portcullis: `no-such-program` cannot be run"));
    let effect = house.run(&["/etc/passwd"]).await;
    assert_eq!(effect.summary, "`/etc/passwd` ended with code 126");
}

#[tokio::test]
async fn no_shell_reads_the_words() {
    let house = House::new().await;
    let effect = house
        .run(&["echo", "$HOME", "*", ";", "`id`", "a  b", ""])
        .await;
    assert_eq!(text(&effect), "$HOME * ; `id` a  b \n");
}

#[tokio::test]
async fn standard_input_is_empty_or_what_was_given() {
    let house = House::new().await;
    assert_eq!(text(&house.run(&["wc", "-c"]).await), "0\n");
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |_| {});
        let long = "line\n".repeat(40_000);
        let effect = commands
            .execute(order(json!({ "argv": ["wc", "-c"], "stdin": long })))
            .await;
        assert_eq!(text(&effect).trim(), "200000", "{standing}");
        // One that does not read it ends all the same.
        let effect = commands
            .execute(order(json!({ "argv": ["true"], "stdin": long })))
            .await;
        assert_eq!(effect.result, Ended::Done, "{standing}: {effect:?}");
    }
}

#[tokio::test]
async fn the_environment_is_what_the_gate_says_and_nothing_else() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &["env"]).await;
        let mut names: Vec<&str> = said
            .lines()
            .filter_map(|line| Some(line.split_once('=')?.0))
            .collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["HOME", "LANG", "PATH", "TERM", "TMPDIR"],
            "{standing}: {said}"
        );
        let home = house.home(MINE).display().to_string();
        assert!(
            said.contains(&format!("HOME={home}\n")),
            "{standing}: {said}"
        );
        let script = "pwd; cd \"$HOME\" && touch it && touch \"$TMPDIR/it\" && echo both";
        let said = house.behind(&offer, &["sh", "-c", script]).await;
        assert!(
            said.contains(&home) && said.contains("both"),
            "{standing}: {said}"
        );
    }
}

#[tokio::test]
async fn what_was_left_in_the_background_is_ended() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let mark = format!("8{}{}", std::process::id(), standing.len());
        let script = "setsid sleep $1 & (setsid nohup sleep $1 > /dev/null 2>&1 &) ; sleep $1 > /dev/null 2>&1 & exit 3";
        let argv = ["sh", "-c", script, "sh", &mark];
        let effect = house.effect_behind(&offer, &argv).await;
        let ended = effect.summary.ends_with("ended with code 3");
        assert!(ended, "{standing}: {effect:?}");
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

/// Starts a script behind walls, without the gate's hands.
async fn start(house: &House, walls_of: BTreeSet<Wall>, script: &str) -> Box<dyn Running> {
    start_by(walls(), house, walls_of, script).await
}

async fn start_by(
    keeper: Vec<String>,
    house: &House,
    walls_of: BTreeSet<Wall>,
    script: &str,
) -> Box<dyn Running> {
    let room = house.room(MINE);
    let own = room.join("run/by-hand");
    fs::create_dir_all(own.join("tmp")).expect("a folder");
    let user = geteuid()
        .is_root()
        .then(|| fs::metadata(&room).expect("a room").uid());
    for path in [&own, &own.join("tmp")] {
        chown(path, user, user).expect("an owner");
    }
    let plan = Plan {
        walls: walls_of,
        room,
        home: "home".into(),
        own: "run/by-hand".into(),
        user,
        argv: ["sh", "-c", script].map(str::to_owned).into(),
        read: Vec::new(),
        run_own: false,
        network: Network::None,
        limits: Limits::default(),
    };
    let plan = serde_json::to_vec(&plan).expect("JSON");
    let path = (
        "PATH".to_owned(),
        Variable::Plain("/usr/bin:/bin".to_owned()),
    );
    let launch = Launch {
        command: keeper,
        input: [framed(&plan), framed(b"")].concat(),
        variables: vec![path],
        folder: own,
        files: Vec::new(),
        owner: user,
    };
    Programs::default().launch(launch).await.expect("a program")
}

fn every_set(house: &House) -> Vec<(&'static str, BTreeSet<Wall>)> {
    let offered = |(name, offer): (&'static str, portcullis_runner::Offer)| {
        (
            name,
            Wall::ALL
                .into_iter()
                .filter(|wall| offer.has(*wall))
                .collect(),
        )
    };
    house.standings().into_iter().map(offered).collect()
}

async fn hear_until(running: &mut Box<dyn Running>, words: &str) -> String {
    let mut said = String::new();
    while !said.contains(words) {
        match running.next().await.expect("something") {
            Heard::Out(bytes) | Heard::Err(bytes) => {
                said.push_str(&String::from_utf8_lossy(&bytes))
            }
            Heard::Ended(exit) => panic!("{exit:?}: {said}"),
        }
    }
    said
}

async fn end_of(running: &mut Box<dyn Running>) -> Exit {
    loop {
        if let Heard::Ended(exit) = running.next().await.expect("something") {
            return exit;
        }
    }
}

/// Waits for the signal of Ctrl-C, which cannot be missed: it is blocked before.
const CATCHES: &str = "exec python3 -c 'import signal, sys; signal.signal(2, signal.SIG_DFL); signal.pthread_sigmask(0, [2]); \
    print(\"ready\", flush=True); signal.sigwait([2]); print(\"caught\"); sys.exit(5)'";
/// Ends by it.
const DOES_NOT: &str = "exec python3 -c 'import signal; signal.signal(2, signal.SIG_DFL); \
    print(\"ready\", flush=True); signal.pause()'";

#[tokio::test]
async fn ctrl_c_reaches_the_command() {
    let house = House::new().await;
    for (standing, set) in every_set(&house) {
        let mut running = start(&house, set.clone(), CATCHES).await;
        let said = hear_until(&mut running, "ready").await;
        assert!(said.starts_with("\"raised\"\n"), "{standing}: {said}");
        running.stop(Stop::Interrupted);
        hear_until(&mut running, "caught").await;
        assert_eq!(end_of(&mut running).await, Exit::Code(5), "{standing}");
        let mut running = start(&house, set, DOES_NOT).await;
        hear_until(&mut running, "ready").await;
        running.stop(Stop::Interrupted);
        assert_eq!(end_of(&mut running).await, Exit::Signal(2), "{standing}");
    }
}

#[tokio::test]
async fn ctrl_c_reaches_the_command_of_a_gate_that_ignores_it() {
    let house = House::new().await;
    for (standing, set) in every_set(&house) {
        // As a shell starts what runs in the background.
        let deaf = ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh"].map(str::to_owned);
        let keeper = [deaf.to_vec(), walls()].concat();
        let script = "echo ready; exec sleep 60";
        let mut running = start_by(keeper, &house, set, script).await;
        hear_until(&mut running, "ready").await;
        running.stop(Stop::Interrupted);
        assert_eq!(end_of(&mut running).await, Exit::Signal(2), "{standing}");
    }
}

#[tokio::test]
async fn when_the_gate_is_gone_so_is_the_command() {
    let house = House::new().await;
    for (standing, set) in every_set(&house) {
        let mark = format!("7{}{}", std::process::id(), standing.len());
        let script = format!("trap '' TERM HUP; setsid sleep {mark} & echo ready; sleep {mark}");
        let mut running = start(&house, set, &script).await;
        hear_until(&mut running, "ready").await;
        assert!(running_with(&mark) > 0, "{standing}");
        // Its standard input ends, as it does with the gate.
        running.stop(Stop::Ended);
        end_of(&mut running).await;
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

#[tokio::test]
async fn when_the_keeper_is_killed_nothing_outlives_the_room() {
    let house = House::new().await;
    for (standing, set) in every_set(&house) {
        let opened = house.rooms.open(&tenant(), &session(MINE)).await;
        opened.expect("a room");
        let all_at_once = set.contains(&Wall::Processes);
        let mark = format!("5{}{}", std::process::id(), standing.len());
        let script = format!("setsid sleep {mark} & echo ready; sleep {mark}");
        let mut running = start(&house, set, &script).await;
        hear_until(&mut running, "ready").await;
        running.stop(Stop::Killed);
        // In a namespace of their own all of them end with it; elsewhere they are looked for.
        while all_at_once && running_with(&mark) > 0 {
            tokio::task::yield_now().await;
        }
        let cleared = house.rooms.clear(&tenant(), &session(MINE)).await;
        cleared.expect("an empty room");
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

#[tokio::test]
async fn when_a_session_ends_so_do_its_commands() {
    let house = House::new().await;
    for (_, offer) in house.standings() {
        let opened = house.rooms.open(&tenant(), &session(MINE)).await;
        opened.expect("a room");
        let commands = house.commands(&offer, |settings| {
            settings.grace = std::time::Duration::from_millis(200);
        });
        let mark = format!("6{}", std::process::id());
        let script = "touch here; trap '' TERM; setsid sleep $1 & sleep $1";
        let argv = json!({ "argv": ["sh", "-c", script, "sh", mark] });
        let here = house.home(MINE).join("here");
        let clear = async {
            while !here.exists() {
                tokio::task::yield_now().await;
            }
            house.rooms.clear(&tenant(), &session(MINE)).await
        };
        let (effect, cleared) = tokio::join!(commands.execute(order(argv)), clear);
        cleared.expect("an empty room");
        assert!(effect.summary.contains("its session ended"), "{effect:?}");
        assert_eq!(running_with(&mark), 0);
        assert!(!house.room(MINE).exists());
    }
}
