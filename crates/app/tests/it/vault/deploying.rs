//! Deployments: whole, stopped, on the wrong chain, and over other code.

use super::chain::{OWNER, Town};
use crate::bin::Ran;
use portcullis_evm::Address;
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

/// Code that answers 500,000 to everything.
const HALF_A_UNIT: &str = "0x6207a1205f5260205ff3";

fn record(town: &Town) -> Value {
    serde_json::from_str(&fs::read_to_string(town.file()).unwrap()).unwrap()
}

fn write(town: &Town, record: &Value) {
    fs::write(town.file(), record.to_string()).unwrap();
}

#[test]
fn a_guard_system_is_deployed_and_done_again_changes_nothing() {
    let town = Town::new();
    let told = Ran::of(&mut town.deploy()).ended(0);
    insta::with_settings!({ filters => vec![
        (r"/\S+guards\.json", "[file]"),
    ] }, {
        insta::assert_snapshot!(told);
    });
    let sent = town.sent_by(OWNER);
    let again = Ran::of(town.deploy().args(["-o", "json"])).json(0);
    assert_eq!(
        (&again["created"], &again["already_there"]),
        (&json!(0), &json!(13)),
        "{again}"
    );
    assert_eq!(again["parts"].as_object().unwrap().len(), 13);
    assert_eq!(town.sent_by(OWNER), sent, "nothing is sent");
}

#[test]
fn a_deployment_that_was_stopped_goes_on_where_it_stopped() {
    let town = Town::new();
    // Nothing is mined, so that it stops in the middle of its first part.
    town.anvil.ask("evm_setAutomine", &json!([false]));
    let mut child = town
        .deploy()
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert!(line.starts_with("0 of 13"), "{line}");
    let pending = || town.anvil.ask("txpool_status", &json!([]))["pending"].clone();
    for _ in 0..600 {
        if pending() == "0x1" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(pending(), "0x1");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(record(&town)["parts"]["GuardRegistry"]["block"].is_null());

    town.anvil.ask("evm_setAutomine", &json!([true]));
    town.anvil.ask("evm_mine", &json!([]));
    let rest = Ran::of(town.deploy().args(["-o", "json"])).json(0);
    assert_eq!(
        (&rest["created"], &rest["already_there"]),
        (&json!(12), &json!(1)),
        "{rest}"
    );
    assert_eq!(town.sent_by(OWNER), "0xd", "every part once");

    // One that was written down and never got to the chain is created.
    let mut known = record(&town);
    let lost = json!({
        "address": "0x00000000000000000000000000000000000000aa",
        "nonce": 12,
        "transaction": format!("0x{}", "ab".repeat(32)),
    });
    known["parts"]["AaveV3Asset"] = lost;
    write(&town, &known);
    let rest = Ran::of(town.deploy().args(["-o", "json"])).json(0);
    assert_eq!(
        (&rest["created"], &rest["already_there"]),
        (&json!(1), &json!(12)),
        "{rest}"
    );
}

#[test]
fn feeds_are_deployed_with_their_bounds_and_refused_without_sense() {
    let town = Town::new();
    let now = town.now();
    let source = town.made("MockAggregator", &[8, 200_000_000_000, now, now]);
    let file = town.folder.path().join("plan.yaml");
    let plan = |least: u64, most: u64| {
        let bounds = format!("least_usd: {least}, most_usd: {most}");
        let feed = format!("{{ aggregator: \"{source}\", max_age_seconds: 86400, {bounds} }}");
        fs::write(&file, format!("feeds: {{ eth-usd: {feed} }}\n")).unwrap();
    };
    let deploy = || {
        let mut command = town.deploy();
        command.args(["-o", "json"]).arg("--plan").arg(&file);
        command
    };
    plan(5_000, 10);
    let wrong = Ran::of(&mut deploy()).json(3);
    assert_eq!(wrong["code"], "WrongBounds", "{wrong}");
    plan(10, 5_000);
    let right = Ran::of(&mut deploy()).json(0);
    assert_eq!(
        (&right["created"], &right["already_there"]),
        (&json!(1), &json!(13)),
        "{right}"
    );
    // One that was deployed with other bounds is another feed.
    plan(10, 6_000);
    let other = Ran::of(&mut deploy());
    assert_eq!(other.code, 1);
    assert!(
        other.err.contains("is not that of `eth-usd`"),
        "{}",
        other.err
    );
}

#[test]
fn shares_of_a_tokenised_vault_get_a_guard_with_the_rate_that_people_looked_at() {
    let town = Town::new();
    let token: Address = town.made("MockToken", &[6]).parse().unwrap();
    let share = town.made_of("MockErc4626", &[token.into_word().into()]);
    let file = town.folder.path().join("plan.yaml");
    let plan = |anchor: &str| {
        let bounds = "growth_percent: 8, least_rate: \"900000\"";
        let one = format!("{{ share: \"{share}\", {bounds}{anchor} }}");
        fs::write(&file, format!("shares: {{ steady: {one} }}\n")).unwrap();
    };
    let deploy = |plan: &Path| {
        let mut command = town.deploy();
        command.args(["-o", "json"]).arg("--plan").arg(plan);
        Ran::of(&mut command)
    };
    plan("");
    let asked = deploy(&file);
    assert_eq!(asked.code, 1);
    let advice = "write `rate: \"1000000\"` and `since: ";
    let plain = asked.err.replace('\\', "");
    assert!(plain.contains(advice), "{plain}");
    let now = town.now();
    for (rate, since, why) in [
        (1_000_001, now, "and one share is worth 1000000 now"),
        (1_000_000, now + 86_400, "is in the future"),
        // From long ago on, a share might have grown to anything.
        (1_000_000, now - 31 * 86_400, "is more than 30 days ago"),
        (1_000_000, 0, "is more than 30 days ago"),
    ] {
        plan(&format!(", rate: \"{rate}\", since: {since}"));
        let refused = deploy(&file);
        assert_eq!(refused.code, 1);
        assert!(refused.err.contains(why), "{}", refused.err);
    }
    assert_eq!(town.sent_by(OWNER), "0x0", "nothing is sent");

    plan(&format!(", rate: \"1000000\", since: {now}"));
    assert_eq!(deploy(&file).json(0)["created"], 14);
    // A loss afterwards makes it no other contract.
    town.anvil
        .ask("anvil_setCode", &json!([share, HALF_A_UNIT]));
    let again = deploy(&file).json(0);
    assert_eq!(
        (&again["created"], &again["already_there"]),
        (&json!(0), &json!(14)),
        "{again}"
    );
}

#[test]
fn another_chain_other_code_and_other_plans_are_refused() {
    let town = Town::new();
    let other = Ran::of(&mut town.vault(&[
        "deploy",
        "--chain-id",
        "1",
        "--out",
        "x",
        "--keystore",
        "x",
        "--password",
        "env:X",
    ]));
    assert_eq!(other.code, 1);
    assert!(
        other
            .err
            .contains("the node serves chain 31337, and chain 1 was asked for"),
        "{}",
        other.err
    );

    Ran::of(&mut town.deploy()).ended(0);
    let guardian = Ran::of(
        town.deploy()
            .args(["--guardian", "0x00000000000000000000000000000000000000aa"]),
    );
    assert_eq!(guardian.code, 1);
    assert!(
        guardian.err.contains("was begun for another"),
        "{}",
        guardian.err
    );

    let sent = town.sent_by(OWNER);
    let escrow = town.part("Escrow");
    town.anvil
        .ask("anvil_setCode", &json!([escrow, "0x60006000"]));
    let code = Ran::of(&mut town.deploy());
    assert_eq!(code.code, 1);
    assert!(code.err.contains("is not that of `Escrow`"), "{}", code.err);
    town.anvil.ask("anvil_setCode", &json!([escrow, "0x"]));
    let code = Ran::of(&mut town.deploy());
    assert!(code.err.contains("there is no code at"), "{}", code.err);
    assert_eq!(town.sent_by(OWNER), sent, "nothing is sent");
}

#[test]
fn what_is_not_understood_is_said_before_anything_is_asked() {
    let town = Town::new();
    let file = town.folder.path().join("plan.yaml");
    fs::write(
        &file,
        "delay_seconds: 5\nfeeds: { eth: { pool: x, other: y } }\n",
    )
    .unwrap();
    let plan = Ran::of(town.deploy().arg("--plan").arg(&file));
    assert_eq!(plan.code, 1);
    for fault in ["delay_seconds", "feeds.eth.token", "feeds.eth.least_usd"] {
        assert!(plan.err.contains(fault), "{fault}: {}", plan.err);
    }
    for (args, why) in [
        (
            vec!["fees", "announce", "--entry", "1.234"],
            "expected per cent with at most 2 decimals",
        ),
        (vec!["trader", "set", "bob"], "bob"),
        (
            vec!["conditions", "tighten", "--checks", "roof"],
            "expected `floor`",
        ),
        (
            vec!["inspect", "--vault", OWNER, "--name-token", "x"],
            "ADDRESS=SYMBOL:DECIMALS",
        ),
    ] {
        let wrong = Ran::of(&mut town.vault(&args));
        assert_eq!(
            (wrong.code, wrong.err.contains(why)),
            (2, true),
            "{args:?}: {}",
            wrong.err
        );
    }
    let mut open = town.vault(&[
        "trader",
        "remove",
        "--vault",
        OWNER,
        "--chain-id",
        "31337",
        "--keystore",
        "x",
    ]);
    let open = Ran::of(open.args(["--password", "hunter2"]));
    assert_eq!(open.code, 2);
    assert!(open.err.contains("never a secret itself"), "{}", open.err);
    assert!(
        Ran::of(&mut town.vault(&["inspect", "--vault", OWNER]))
            .err
            .contains("does not answer")
    );
}
