//! What walls add to the start of a command: `true` behind them, beside the same program without
//! any, in turn and in one run.
//!
//! Needs the release binary (see `portcullis_benches::gate`), for it is what raises the walls.

use anyhow::{Context, ensure};
use portcullis_benches::gate::in_folder;
use serde_json::json;
use std::{
    env, fs,
    io::{Read, Write},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often each is started.
const TIMES: usize = 300;
/// Who the command is when this is root.
const USER: u32 = 0x7000_0001;

const ALWAYS: &[&str] = &["descriptors", "privileges", "limits", "files", "calls"];
const NAMESPACES: &[&str] = &["users", "mounts", "processes", "network", "ipc", "host_name"];

fn main() -> anyhow::Result<()> {
    in_folder(run)
}

fn run(folder: &Path) -> anyhow::Result<()> {
    let binary = env::var_os("PORTCULLIS_BIN")
        .map_or_else(|| "../target/release/portcullis".into(), PathBuf::from);
    let room = make_room(folder)?;
    let all = [ALWAYS, NAMESPACES].concat();
    let ways = [("no namespaces", ALWAYS.to_vec()), ("namespaces too", all)];
    let mut plans = Vec::new();
    for (name, walls) in ways {
        let plan = framed(&plan(&room, &walls)?)?;
        match walled(&binary, &plan) {
            Ok(_) => plans.push((name, plan, Vec::new())),
            Err(error) => println!("{name}: not measured here: {error:#}"),
        }
    }
    let mut without = Vec::new();
    for _ in 0..TIMES {
        without.push(bare()?);
        for (_, plan, times) in &mut plans {
            times.push(walled(&binary, plan)?);
        }
    }
    let floor = median(&mut without);
    println!("{:<28} {:>10} {:>10} {:>7}", "", "median", "added", "ratio");
    print("without walls", floor, floor);
    for (name, _, times) in &mut plans {
        print(&format!("walls, {name}"), median(times), floor);
    }
    Ok(())
}

fn print(name: &str, median: Duration, floor: Duration) {
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{name:<28} {:>7.2} ms {:>7.2} ms {:>7.2}",
        ms(median),
        ms(median.saturating_sub(floor)),
        median.as_secs_f64() / floor.as_secs_f64(),
    );
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A room as the gate makes one.
fn make_room(folder: &Path) -> anyhow::Result<PathBuf> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o711))?;
    let room = fs::canonicalize(folder)?.join("room");
    for path in ["", "home", "view", "run", "run/1", "run/1/tmp"] {
        let path = room.join(path);
        fs::create_dir_all(&path)?;
        if let Some(user) = user() {
            chown(&path, Some(user), Some(user))?;
        }
    }
    Ok(room)
}

fn user() -> Option<u32> {
    rustix::process::geteuid().is_root().then_some(USER)
}

fn plan(room: &Path, walls: &[&str]) -> anyhow::Result<Vec<u8>> {
    let plan = json!({
        "walls": walls, "room": room, "home": "home", "own": "run/1", "user": user(),
        "argv": ["true"], "read": [], "run_own": false, "network": "none",
        "limits": {},
    });
    Ok(serde_json::to_vec(&plan)?)
}

/// A plan behind its length, and nothing to read behind that.
fn framed(plan: &[u8]) -> anyhow::Result<Vec<u8>> {
    let length = u32::try_from(plan.len())?.to_be_bytes();
    Ok([&length, plan, &[0; 4]].concat())
}

fn bare() -> anyhow::Result<Duration> {
    timed(Command::new("true"), b"", b"")
}

fn walled(binary: &Path, plan: &[u8]) -> anyhow::Result<Duration> {
    let mut command = Command::new(binary);
    command.arg("__walls");
    timed(command, plan, b"\"raised\"\n")
}

/// From before the start until all is said and the end is known.
fn timed(mut command: Command, input: &[u8], expected: &[u8]) -> anyhow::Result<Duration> {
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let begin = Instant::now();
    let mut child = command.spawn().context("it does not start")?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let mut stdout = child.stdout.take().context("no standard output")?;
    // One that does not read has ended.
    let _ = stdin.write_all(input);
    let mut said = Vec::new();
    stdout.read_to_end(&mut said)?;
    let ended = child.wait()?;
    let time = begin.elapsed();
    let words = String::from_utf8_lossy(&said).into_owned();
    ensure!(ended.success() && said == expected, "{words}");
    Ok(time)
}
