//! Two sessions of two agents in two workspaces, side by side at the command line: nothing of one
//! is reached from the other, and both are told the same of it as of one that there is not.

use crate::{bin::Ran, work::Setting};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    thread,
};

const CANARY: &str = "canary-of-the-other-session";
const NOBODYS: &str = "ses_ffffffffffffffffffffffffffffffff";

/// The home of a session.
fn home(data: &Path, session: &str) -> PathBuf {
    let rooms = fs::read_dir(data.join("rooms")).unwrap().flatten();
    let mut homes = rooms.flat_map(|tenant| fs::read_dir(tenant.path()).unwrap().flatten());
    let room = homes.find(|room| room.path().to_string_lossy().contains(session));
    room.unwrap().path().join("home")
}

/// Leaves a file in a session's home that every command of it may read.
fn plant(home: &Path) -> PathBuf {
    let canary = home.join("canary");
    fs::write(&canary, CANARY).unwrap();
    fs::set_permissions(&canary, fs::Permissions::from_mode(0o600)).unwrap();
    let owner = fs::metadata(home).unwrap();
    let (user, group) = {
        use std::os::unix::fs::MetadataExt;
        (owner.uid(), owner.gid())
    };
    chown(&canary, Some(user), Some(group)).unwrap();
    canary
}

struct Side {
    key: String,
    workspace: &'static str,
    session: String,
}

impl Side {
    fn exec(&self, setting: &Setting, session: &str, words: &[&str]) -> Ran {
        let place = [
            "exec",
            "--session",
            session,
            "--workspace",
            self.workspace,
            "--",
        ];
        setting.gate.ask(&self.key, &[&place[..], words].concat())
    }

    fn ask(&self, setting: &Setting, words: &[&str]) -> Ran {
        setting.gate.ask(&self.key, words)
    }
}

fn sides(setting: &Setting) -> [Side; 2] {
    let said = |words: &str| {
        let words: Vec<&str> = words.split(' ').chain(["-o", "json"]).collect();
        setting.people(&words).json(0)
    };
    setting.people(&["workspaces", "add", "lab"]).ended(0);
    let filters = setting.house.folder.path().join("filters.json");
    let filters = filters.to_str().unwrap();
    said(&format!(
        "scopes add lab-orders --provider orders-roles --environment production --workspace lab=read --filters {filters}"
    ));
    let registered = said("agents register second");
    let second = registered["id"].as_str().unwrap();
    let key = said(&format!("keys issue second --role agent --agent {second}"));
    let other = said(&format!(
        "sessions open --agent {second} --workspace lab --scope lab-orders"
    ));
    [
        Side {
            key: setting.house.credential("agent_key").to_owned(),
            workspace: "ops",
            session: setting.open(&["--scope", "orders"]),
        },
        Side {
            key: key["token"].as_str().unwrap().to_owned(),
            workspace: "lab",
            session: other["id"].as_str().unwrap().to_owned(),
        },
    ]
}

#[test]
fn commands_of_two_sessions_reach_nothing_of_each_other() {
    let setting = Setting::new();
    let sides = sides(&setting);
    let canaries = sides
        .each_ref()
        .map(|side| plant(&home(&setting.house.data(), &side.session)));
    thread::scope(|threads| {
        for (mine, other) in [(0, 1), (1, 0)] {
            let (setting, sides, canaries) = (&setting, &sides, &canaries);
            threads.spawn(move || {
                let (mine, theirs) = (&sides[mine], (&sides[other], &canaries[other]));
                for _ in 0..3 {
                    reaches_nothing(setting, mine, theirs);
                }
            });
        }
    });
}

fn reaches_nothing(setting: &Setting, mine: &Side, (other, canary): (&Side, &PathBuf)) {
    let own = mine.exec(setting, &mine.session, &["cat", "canary"]);
    assert_eq!((own.code, own.out.trim_end()), (0, CANARY), "{own:?}");
    let canary = canary.to_str().unwrap();
    for words in [
        &["cat", canary][..],
        &["ls", "-R", "/proc/1/root"],
        &["head", "../../canary"],
    ] {
        let ran = mine.exec(setting, &mine.session, words);
        assert!(!format!("{ran:?}").contains(CANARY), "{ran:?}");
    }
    assert_ne!(mine.exec(setting, &mine.session, &["cat", canary]).code, 0);
    let environment = mine.exec(setting, &mine.session, &["printenv"]);
    assert!(!environment.out.contains(&other.session), "{environment:?}");
    for answers in [
        |side: &Side, setting: &Setting, session: &str| side.exec(setting, session, &["ls"]),
        |side: &Side, setting: &Setting, session: &str| {
            side.ask(setting, &["sessions", "show", session])
        },
        |side: &Side, setting: &Setting, session: &str| {
            side.ask(setting, &["sessions", "renew", session])
        },
        |side: &Side, setting: &Setting, session: &str| {
            side.ask(setting, &["sessions", "close", session])
        },
        |side: &Side, setting: &Setting, session: &str| {
            side.ask(setting, &["leases", "list", "--session", session])
        },
    ] {
        let told = |session: &str| {
            let ran = answers(mine, setting, session);
            (
                ran.code,
                without_numbers(&ran.out, session),
                without_numbers(&ran.err, session),
            )
        };
        assert_eq!(told(&other.session), told(NOBODYS));
    }
}

/// Without what is new in every answer: numbers of records and requests, and the session's own name.
fn without_numbers(text: &str, session: &str) -> String {
    let text = text.replace(session, "…");
    let words = text.split_whitespace();
    let words = words.filter(|word| !word.starts_with("req_"));
    let words = words.filter(|word| word.parse::<u64>().is_err());
    words.collect::<Vec<_>>().join(" ")
}
