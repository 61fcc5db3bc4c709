//! Memory beside what the kernel counts for a process, all processes of a command together, and
//! programs of a command's own.

use crate::house::{House, MINE, bare, order, running_with, text};
use portcullis_firewall::ports::Executor;
use portcullis_runner::plan::{Limits, Wall};
use serde_json::json;

/// Starts processes that each fill as many MiB as it is told, and counts those that could.
const GREEDY: &str = "import os, sys, time\n\
    count = 0\n\
    for _ in range(40):\n\
    \x20   heard, told = os.pipe()\n\
    \x20   try: child = os.fork()\n\
    \x20   except OSError: break\n\
    \x20   if child == 0:\n\
    \x20       try: kept = b'x' * (int(sys.argv[1]) << 20)\n\
    \x20       except MemoryError: os._exit(1)\n\
    \x20       os.write(told, b'y')\n\
    \x20       time.sleep(60)\n\
    \x20       os._exit(0)\n\
    \x20   os.close(told)\n\
    \x20   count += os.read(heard, 1) == b'y'\n\
    \x20   os.close(heard)\n\
    print('filled', count, flush=True)\n";

fn filled(said: &str) -> u64 {
    let count = said.lines().find_map(|line| line.strip_prefix("filled "));
    count.expect("a count").parse().expect("a number")
}

#[tokio::test]
async fn a_bomb_that_eats_memory_has_no_more_than_each_of_its_processes_may() {
    let house = House::new().await;
    for (standing, offer) in house.standings() {
        let limits = Limits {
            processes: 16,
            memory_bytes: 64 << 20,
            ..Limits::default()
        };
        let commands = house.commands(&offer, |settings| settings.limits = limits);
        let mark = format!("greedy-{}-{}", std::process::id(), standing.len());
        let argv = |mib: &str| json!({ "argv": ["python3", "-c", GREEDY, mib, mark] });
        let most = commands.execute(order(argv("24"))).await;
        let count = filled(&text(&most));
        assert!(count > 0, "{standing}: {most:?}");
        if offer.has(Wall::Users) {
            assert!(count < limits.processes, "{standing}: {most:?}");
        }
        let over = commands.execute(order(argv("80"))).await;
        assert_eq!(filled(&text(&over)), 0, "{standing}: {over:?}");
        assert_eq!(running_with(&mark), 0, "{standing}");
    }
}

/// What a program does on its own, and not behind any walls.
async fn only_without_walls(argv: &[&str], mark: &str) {
    let house = House::new().await;
    let without = bare(argv, &house.home(MINE));
    assert!(without.contains(mark), "no attempt: {without}");
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, argv).await;
        assert!(!said.contains(mark), "{standing}: {said}");
    }
}

#[tokio::test]
async fn memory_that_is_no_process_s_cannot_be_had() {
    let script =
        "import os\nfile = os.memfd_create('hoard')\nprint('had', os.write(file, b'x' * 9))\n";
    only_without_walls(&["python3", "-c", script], "had 9").await;
}

#[tokio::test]
async fn a_program_in_memory_does_not_run() {
    let script = "import os\nfile = os.memfd_create('own')\n\
        os.write(file, open('/bin/echo', 'rb').read())\n\
        os.execve(file, ['echo', 'it', 'ran'], {})\n";
    only_without_walls(&["python3", "-c", script], "it ran").await;
}

#[tokio::test]
async fn what_loads_programs_loads_none_from_the_room() {
    let house = House::new().await;
    let script = "cp /bin/echo ./own-$$ && for one in /lib64/ld-linux-*.so.* /lib/ld-linux-*.so.*; do \
        [ -e $one ] && exec $one ./own-$$ it ran; done";
    let argv = ["sh", "-c", script];
    assert!(bare(&argv, &house.home(MINE)).contains("it ran"));
    for (standing, offer) in house.standings() {
        let said = house.behind(&offer, &argv).await;
        // Nothing else holds what a file's bytes are mapped for.
        assert_eq!(
            said.contains("it ran"),
            !offer.has(Wall::Mounts),
            "{standing}: {said}"
        );
    }
}
