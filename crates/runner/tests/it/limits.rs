//! What a command may use up. All attempts are bounded by themselves too.

use crate::house::{House, MINE, bare, order, running_with, text};
use portcullis_firewall::{order::Ended, ports::Executor};
use portcullis_runner::plan::{Limits, Wall};
use serde_json::json;
use std::time::Duration;

/// Starts processes until it is refused, or has 600 more.
const BOMB: &str = "import os, sys, time\n\
    count = 0\n\
    for _ in range(600):\n\
    \x20   try:\n\
    \x20       if os.fork() == 0:\n\
    \x20           time.sleep(60)\n\
    \x20           os._exit(0)\n\
    \x20       count += 1\n\
    \x20   except OSError: break\n\
    print('started', count, flush=True)\n\
    if len(sys.argv) > 1: os.killpg(0, 9)\n";

fn started(said: &str) -> u32 {
    let count = said.lines().find_map(|line| line.strip_prefix("started "));
    count.expect("a count").parse().expect("a number")
}

#[tokio::test]
async fn a_fork_bomb_is_bounded_and_nothing_of_it_is_left() {
    let house = House::new().await;
    let without = bare(
        &["setsid", "-w", "python3", "-c", BOMB, "end"],
        &house.home(MINE),
    );
    assert_eq!(started(&without), 600, "no attempt");
    for (standing, offer) in house.standings() {
        let limits = Limits {
            processes: 40,
            ..Limits::default()
        };
        let commands = house.commands(&offer, |settings| settings.limits = limits);
        let mark = format!("bomb-{}-{}", std::process::id(), standing.len());
        let script = BOMB.replace("len(sys.argv) > 1", "False");
        let argv = json!({ "argv": ["python3", "-c", script, mark] });
        let effect = commands.execute(order(argv)).await;
        // Where the kernel counts by users alone, what others run as the same user is added: here
        // those are the other tests.
        let most = match offer.has(Wall::Users) {
            true => 40,
            false => 600,
        };
        let count = started(&text(&effect));
        assert!((1..most).contains(&count), "{standing}: {effect:?}");
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

#[tokio::test]
async fn a_real_fork_bomb_ends_at_its_deadline() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |settings| {
            settings.limits.processes = 40;
            settings.deadline = Duration::from_millis(1_500);
            settings.grace = Duration::from_millis(200);
        });
        let mark = format!("real-bomb-{}-{}", std::process::id(), standing.len());
        let script = "import os, sys\n\
            os.setsid() if os.fork() == 0 else None\n\
            while True:\n\
            \x20   try: os.fork()\n\
            \x20   except OSError: pass\n";
        let argv = json!({ "argv": ["python3", "-c", script, mark] });
        let effect = commands.execute(order(argv)).await;
        assert_eq!(effect.result, Ended::Unknown, "{standing}: {effect:?}");
        assert!(
            effect.summary.contains("it took longer than 1.5 s"),
            "{effect:?}"
        );
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

#[tokio::test]
async fn a_flood_of_output_is_cut_and_then_ended() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        for script in ["exec yes flood", "exec yes flood >&2"] {
            let commands = house.commands(&offer, |settings| {
                settings.keep_bytes = 1_000;
                settings.most_bytes = 1 << 20;
            });
            let effect = commands
                .execute(order(json!({ "argv": ["sh", "-c", script] })))
                .await;
            assert_eq!(effect.result, Ended::Unknown, "{standing}");
            let why = "was stopped, since it wrote more than 1048576 bytes";
            assert!(
                effect.summary.contains(why),
                "{standing}: {}",
                effect.summary
            );
            assert!(effect.truncated, "{standing}");
            assert_eq!(effect.output.len(), 1_000, "{standing}");
        }
    }
}

#[tokio::test]
async fn much_output_is_kept_from_its_beginning_and_the_command_goes_on() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |settings| settings.keep_bytes = 10);
    let argv = json!({ "argv": ["sh", "-c", "seq 1 100000; exit 4"] });
    let effect = commands.execute(order(argv)).await;
    assert_eq!(effect.result, Ended::Failed);
    assert!(
        effect.summary.ends_with("ended with code 4"),
        "{}",
        effect.summary
    );
    assert_eq!(text(&effect), "1\n2\n3\n4\n5\n");
    assert!(effect.truncated);
}

#[tokio::test]
async fn memory_files_and_processor_time_have_bounds() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |settings| {
            settings.limits = Limits {
                cpu_seconds: 1,
                memory_bytes: 128 << 20,
                file_bytes: 1 << 20,
                open_files: 32,
                ..Limits::default()
            };
        });
        let run = async |argv: [&str; 3]| commands.execute(order(json!({ "argv": argv }))).await;
        let memory = run(["python3", "-c", "x = bytearray(512 << 20)"]).await;
        assert!(
            text(&memory).contains("MemoryError"),
            "{standing}: {memory:?}"
        );
        let file = run(["sh", "-c", "head -c 9000000 /dev/zero > big; wc -c < big"]).await;
        assert!(text(&file).contains("1048576"), "{standing}: {file:?}");
        let open = run([
            "python3",
            "-c",
            "x = [open('/dev/null') for _ in range(99)]",
        ])
        .await;
        assert!(
            text(&open).contains("Too many open files"),
            "{standing}: {open:?}"
        );
        let busy = run(["sh", "-c", "while :; do :; done"]).await;
        assert!(
            busy.summary.contains("was ended by signal"),
            "{standing}: {busy:?}"
        );
        assert_eq!(busy.result, Ended::Unknown, "{standing}");
        let more = run(["sh", "-c", "ulimit -n 9999 || echo refused"]).await;
        assert!(text(&more).contains("refused"), "{standing}: {more:?}");
    }
}

#[tokio::test]
async fn a_disk_without_space_runs_nothing() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |settings| settings.spare_bytes = u64::MAX);
    let effect = commands.execute(order(json!({ "argv": ["true"] }))).await;
    assert_eq!(effect.result, Ended::Failed);
    assert_eq!(effect.summary, "`true` was not run: the disk is full");
}

#[tokio::test]
async fn a_command_that_does_not_listen_is_killed() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let commands = house.commands(&offer, |settings| {
            settings.deadline = Duration::from_millis(300);
            settings.grace = Duration::from_millis(100);
        });
        let mark = format!("9{}{}", std::process::id(), standing.len());
        let script = "trap '' TERM INT HUP; setsid sleep $1 & sleep $1; sleep $1";
        let argv = json!({ "argv": ["sh", "-c", script, "sh", mark] });
        let effect = commands.execute(order(argv)).await;
        assert_eq!(effect.result, Ended::Unknown, "{standing}: {effect:?}");
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

#[tokio::test]
async fn a_command_that_listens_may_tidy_up() {
    let house = House::new().await;
    let commands = house.commands(house.offer(), |settings| {
        settings.deadline = Duration::from_secs(3);
        settings.grace = Duration::from_secs(20);
    });
    let script = "trap 'echo tidy; exit 0' TERM; sleep 1000 & wait";
    let effect = commands
        .execute(order(json!({ "argv": ["sh", "-c", script] })))
        .await;
    assert_eq!(effect.result, Ended::Unknown, "{effect:?}");
    assert_eq!(text(&effect), "tidy\n");
}
