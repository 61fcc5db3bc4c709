//! Command lines that are wrong, gates that are away, and colour.

use crate::bin::{House, Ran, example, portcullis, run};

#[test]
fn what_is_not_understood_is_refused_with_code_2() {
    for (args, said) in [
        (&["nonsense"][..], "unrecognized subcommand 'nonsense'"),
        (
            &["serve", "--listen", "somewhere"],
            "invalid value 'somewhere'",
        ),
        (&["serve", "--port", "80"], "unexpected argument '--port'"),
        (&["govern", "-o", "yaml"], "invalid value 'yaml'"),
        (
            &["agents", "list", "--color", "blue"],
            "invalid value 'blue'",
        ),
        (&["agents", "show"], "<ID>"),
        (
            &["keys", "issue", "x", "--role", "king"],
            "invalid value 'king'",
        ),
        (&["holds", "list", "--most", "many"], "invalid value 'many'"),
        (
            &["audit", "export", "--format", "pdf"],
            "invalid value 'pdf'",
        ),
        (
            &["audit", "verify", "--file", "a", "--data", "b"],
            "cannot be used with",
        ),
        (
            &["audit", "verify", "--file", "a", "--checkpoint", "b"],
            "--key",
        ),
        (&["audit", "prove", "first"], "invalid value 'first'"),
        (&["policy", "lint"], "<FILE>"),
        (&["policy", "packs", "--apply"], "<ID>"),
        (&["backup"], "--to"),
        (&["restore"], "--from"),
        (&["completions", "cmd"], "invalid value 'cmd'"),
        (&["principles", "300"], "invalid value '300'"),
    ] {
        let ran = run(args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
}

/// Command lines that are understood and cannot be done, and what is said.
const IMPOSSIBLE: &[(&str, &str)] = &[
    ("agents list", "no token: run `portcullis login`"),
    ("agents list --token t --url gate", "`gate` is no URL"),
    (
        "agents list --token t --url http://gate.example",
        "not reached by TLS",
    ),
    (
        "govern --token t --param gpus",
        "expected `name=value`, not `gpus`",
    ),
    (
        "govern --token t --confidence high",
        "expected `name=number`",
    ),
    (
        "govern --token t --json missing.json",
        "cannot open `missing.json`",
    ),
    ("policy lint missing.yaml", "cannot open `missing.yaml`"),
    (
        "audit verify --file missing.jsonl",
        "cannot open `missing.jsonl`",
    ),
    (
        "audit verify --data nowhere",
        "there is no ledger in `nowhere`",
    ),
    (
        "backup --data nowhere --to x.db",
        "there is no ledger in `nowhere`",
    ),
    ("restore --data nowhere --from x.db", "`x.db` is missing"),
    ("policy packs nothing", "there is no pack `nothing`"),
    ("principles 22", "principles 1 to 21"),
    ("init --policy missing.yaml", "cannot open `missing.yaml`"),
];

#[test]
fn what_cannot_be_done_says_why_with_code_1() {
    for (line, said) in IMPOSSIBLE {
        let folder = tempfile::tempdir().unwrap();
        let ran = Ran::of(
            portcullis()
                .args(line.split(' '))
                .current_dir(folder.path()),
        );
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{line}: {}", ran.err);
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
        let made = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(made, 0, "{line} leaves something behind");
    }
}

#[test]
fn a_gate_that_is_away_is_code_5() {
    // A port that was free a moment ago, and that nobody listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let govern = [
        "govern", "--action", "a", "--target", "t", "--token", "t", "--url", &url,
    ];
    let ran = run(&govern);
    assert_eq!(ran.code, 5);
    assert!(
        ran.err.contains(&format!("no gate answers at `{url}`")),
        "{}",
        ran.err
    );
    let ran = run(&[&govern[..], &["-o", "json"]].concat());
    let said: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(
        (ran.code, &said["error"]["code"]),
        (5, &"gate.unreachable".into())
    );
}

#[test]
fn the_faults_of_a_request_are_listed_with_their_paths() {
    let house = House::new(&example("gpu-team/tenant-policy.yaml"));
    let gate = house.serve();
    let agent = house.credential("agent_key");
    let args = ["govern", "--target", "t", "--confidence", "fix=7,luck=1"];
    let ran = gate.ask(agent, &args);
    assert_eq!(ran.code, 1);
    for said in [
        "action_type: is required",
        "confidence.fix: expected",
        "confidence.luck:",
        "request req_",
    ] {
        assert!(ran.err.contains(said), "{said} in {}", ran.err);
    }
    let ran = gate.ask(agent, &[&args[..], &["-o", "json"]].concat());
    let said: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(said["error"]["code"], "request.invalid");
    assert_eq!(said["error"]["details"].as_array().unwrap().len(), 3);
    let ran = gate.ask("pcl_none_none", &["agents", "list"]);
    assert!(
        ran.code == 1 && ran.err.contains("auth.unauthenticated"),
        "{}",
        ran.err
    );
}

#[test]
fn an_invalid_tenant_policy_founds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.yaml");
    std::fs::write(
        &file,
        "version: 1\nactons: []\nbudgets: { daily_usd: -1 }\n",
    )
    .unwrap();
    let data = folder.path().join("data");
    let mut init = portcullis();
    init.arg("init")
        .arg("--data")
        .arg(&data)
        .arg("--policy")
        .arg(&file);
    let ran = Ran::of(&mut init);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("actons") && ran.err.contains("budgets.daily_usd"),
        "{}",
        ran.err
    );
    assert!(!data.exists());
}

#[test]
fn founding_twice_is_refused() {
    let house = House::new(&example("gpu-team/tenant-policy.yaml"));
    let mut init = portcullis();
    let ran = Ran::of(init.arg("init").arg("--data").arg(house.data()));
    assert!(
        ran.code == 1 && ran.err.contains("holds a house already"),
        "{}",
        ran.err
    );
}

#[test]
fn colour_is_used_when_asked_for_alone() {
    let lint = ["policy", "lint", &example("gpu-team/policies.yaml")];
    assert!(
        !run(&lint).ended(0).contains('\u{1b}'),
        "no terminal, no colour"
    );
    let always = [&lint[..], &["--color", "always"]].concat();
    assert!(run(&always).ended(0).contains('\u{1b}'));
    let mut quiet = portcullis();
    quiet
        .args(lint)
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1");
    assert!(
        !Ran::of(&mut quiet).ended(0).contains('\u{1b}'),
        "NO_COLOR is respected"
    );
}
