//! A guard system from its first listing to a vault that trades.

use super::chain::{ALICE, DELAY, MANAGER, OWNER, Town, address, checked, data};
use crate::bin::Ran;
use portcullis_evm::{U256, errand::vault, names::Names};
use serde_json::{Value, json};

/// A chain with a guard system that lists two tokens and a market.
fn listed() -> Town {
    let town = Town::new();
    Ran::of(&mut town.deploy()).ended(0);
    let entries = entries(&town);
    let all = |verb: &str, who: &str| {
        for entry in &entries {
            let entry = entry.iter().map(String::as_str);
            let args: Vec<&str> = ["registry", verb].into_iter().chain(entry).collect();
            town.done(who, &args);
        }
    };
    all("announce", "owner");
    town.wait(DELAY);
    // Anybody may.
    all("finish", "alice");
    town
}

fn entries(town: &Town) -> Vec<Vec<String>> {
    let entry = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect();
    vec![
        entry(&[
            "destination",
            &town.router,
            "--guard",
            "UniswapV2Guard",
            "--spender",
            "--standing",
        ]),
        entry(&["destination", &town.usd, "--guard", "Erc20Guard"]),
        entry(&["asset", &town.usd, "--feed", &town.dollar_feed]),
        entry(&["asset", &town.eth, "--feed", &town.ether_feed]),
        entry(&["type", "0", "--guard", "Erc20Asset"]),
    ]
}

/// The same with a vault, its manager's, and a thousand dollars of Alice's in it.
fn funded() -> (Town, String) {
    let town = listed();
    let made = town.done(
        "manager",
        &[
            "create",
            "--name",
            "Steady Hands",
            "--symbol",
            "HANDS",
            "--deposit-asset",
            &town.usd,
            "--asset",
            &town.eth,
            "--trader",
            OWNER,
            "--cooldown",
            "0",
            "--loss-per-day",
            "2.5",
            "--management",
            "1",
        ],
    );
    assert_eq!(
        (&made["manager"], &made["left"]),
        (&json!(MANAGER), &json!([])),
        "{made}"
    );
    let vault = made["vault"].as_str().unwrap().to_owned();
    let deposit = [
        "shares", "deposit", &town.usd, "1000", "--fewest", "999.5", "--vault", &vault,
    ];
    town.done("alice", &deposit);
    (town, vault)
}

fn named(town: &Town) -> [String; 2] {
    [
        format!("{}=USDC:6", town.usd),
        format!("{}=WETH:18", town.eth),
    ]
}

#[test]
fn what_is_listed_is_announced_finished_restricted_and_frozen() {
    let town = Town::new();
    Ran::of(&mut town.deploy()).ended(0);
    let router = [
        "destination",
        &town.router,
        "--guard",
        "UniswapV2Guard",
        "--spender",
    ];
    let announce: Vec<_> = ["registry", "announce"].into_iter().chain(router).collect();
    let finish: Vec<_> = ["registry", "finish"].into_iter().chain(router).collect();
    let said = town.done("owner", &announce);
    assert!(
        said["words"]
            .as_str()
            .unwrap()
            .contains("judged by UniswapV2Guard"),
        "{said}"
    );
    let list = || Ran::of(town.look(&["registry", "list"]).args(["-o", "json"])).json(0);
    let waiting = list();
    assert_eq!(
        waiting["announced"][0]["what"]["destination"],
        town.router.as_str(),
        "{waiting}"
    );
    assert_eq!(waiting["destinations"], json!([]));

    let sent = town.sent_by(OWNER);
    let early = Ran::of(town.send("owner", &finish).args(["-o", "json"])).json(3);
    assert_eq!(early["code"], "TooEarly", "{early}");
    assert_eq!(town.sent_by(OWNER), sent, "nothing is sent");
    town.wait(DELAY);
    town.done("owner", &finish);
    let there = list();
    assert_eq!(there["announced"], json!([]));
    assert_eq!(there["destinations"][0]["is"], "listed");
    assert_eq!(there["destinations"][0]["flags"], json!(["spender"]));
    assert_eq!(
        there["destinations"][0]["guard"],
        town.part("UniswapV2Guard")
    );

    // Another announcement is taken back, and a stranger can do none of it.
    town.done("owner", &announce);
    town.done(
        "owner",
        &["registry", "cancel", "destination", &town.router],
    );
    assert_eq!(list()["announced"], json!([]));
    let stranger = Ran::of(town.send("alice", &announce).args(["-o", "json"])).json(3);
    assert_eq!(stranger["code"], "NotOwner", "{stranger}");
    town.done("owner", &["registry", "restrict", &town.router]);
    assert_eq!(list()["destinations"][0]["flags"], json!([]));
    town.done(
        "owner",
        &["registry", "freeze", "destination", &town.router],
    );
    let frozen = list();
    assert_eq!(frozen["destinations"][0]["is"], "frozen", "{frozen}");
    assert_eq!(frozen["epoch"], 3);
    let kind = Ran::of(&mut town.send("owner", &["registry", "remove", "type", "0"]));
    assert!(kind.err.contains("it can be frozen"), "{}", kind.err);

    town.done("owner", &["registry", "propose-owner", ALICE]);
    town.done("owner", &["registry", "set-guardian", MANAGER]);
    town.done("alice", &["registry", "accept-owner"]);
    let kept = list();
    assert_eq!(
        (&kept["owner"], &kept["guardian"]),
        (&json!(ALICE), &json!(MANAGER))
    );
}

#[test]
fn a_vault_is_made_shown_and_traded_for() {
    let (town, vault) = funded();
    let [usd, eth] = named(&town);
    let names = ["--name-token", &usd, "--name-token", &eth];
    let shown = Ran::of(town.look(&["inspect", "--vault", &vault]).args(names)).ended(0);
    insta::with_settings!({ filters => vec![
        (r"each worth [0-9.]+ USD", "each worth [price] USD"),
        (r"(?m)^at block \d+", "at block [number]"),
        (r"shares\s+1000\.?\d*", "shares            [shares]"),
    ] }, {
        insta::assert_snapshot!(shown);
    });
    let shown = Ran::of(
        town.look(&["inspect", "--vault", &vault])
            .args(["-o", "json"]),
    )
    .json(0);
    assert_eq!(shown["assets"][0]["balance"], "1000000000", "{shown}");
    assert_eq!(shown["value"], "1000000000000000000000");

    // Simulated first, without a key; then done, then seen.
    let allow = data(&vault::approve(
        address(&town.usd),
        address(&town.router),
        U256::from(200_000_000),
        &Names::default(),
    ));
    town.done(
        "owner",
        &["execute", "--vault", &vault, "--to", &town.usd, &allow],
    );
    let purchase = town.buy(100, &vault);
    let simulate = |to: &str, bytes: &str| {
        let mut command = town.look(&[
            "simulate", "--vault", &vault, "--from", OWNER, "--to", to, bytes,
        ]);
        command.args(names);
        command
    };
    let seen = Ran::of(simulate(&town.router, &purchase).args(["-o", "json"])).json(0);
    assert_eq!(
        (&seen["verdict"], &seen["chain"]["succeeds"]),
        (&json!("allow"), &json!(true)),
        "{seen}"
    );
    assert!(
        seen["words"].to_string().contains("Trades 100 USDC"),
        "{seen}"
    );
    let text = Ran::of(&mut simulate(&town.router, &purchase)).ended(0);
    assert!(text.contains("this vault gives 100 USDC"), "{text}");
    assert!(text.contains("one source alone says so"), "{text}");
    town.done(
        "owner",
        &[
            "execute",
            "--vault",
            &vault,
            "--to",
            &town.router,
            &purchase,
        ],
    );
    let after = Ran::of(
        town.look(&["assets", "list", "--vault", &vault])
            .args(["-o", "json"]),
    )
    .json(0);
    assert_eq!(after[0]["balance"], "900000000", "{after}");
    assert_ne!(after[1]["balance"], "0");

    // At an older block the purchase has yet to come.
    let past = [
        "assets",
        "list",
        "--vault",
        &vault,
        "--block",
        &seen["block"].to_string(),
    ];
    let before = Ran::of(town.look(&past).args(["-o", "json"])).json(0);
    assert_eq!(before[0]["balance"], "1000000000", "{before}");

    let stray = Ran::of(simulate(&town.bazaar, &town.buy(1, &vault)).args(["-o", "json"])).json(3);
    assert_eq!(
        (&stray["verdict"], &stray["why"]["code"]),
        (&json!("deny"), &json!("dh23")),
        "{stray}"
    );
    assert_eq!(
        stray["chain"]["why"]["code"], "dh23",
        "the chain says the same"
    );
    let thief = Ran::of(simulate(&town.router, &town.buy(1, ALICE)).args(["-o", "json"])).json(3);
    assert_eq!(
        (&thief["why"]["rule"], &thief["why"]["argument"]),
        (&json!("recipient"), &json!(3)),
        "{thief}"
    );

    let sent = town.sent_by(OWNER);
    let bytes = town.buy(1, ALICE);
    let refused = Ran::of(
        town.send(
            "owner",
            &["execute", "--vault", &vault, "--to", &town.router, &bytes],
        )
        .args(["-o", "json"]),
    );
    assert_eq!(refused.json(3)["rule"], "recipient");
    assert_eq!(town.sent_by(OWNER), sent, "nothing is sent");
    town.done("alice", &["shares", "withdraw", "500", "--vault", &vault]);
}

#[test]
fn seats_fees_conditions_and_members_change_as_they_may() {
    let (town, vault) = funded();
    let on = ["--vault", vault.as_str()];
    let does = |who: &str, args: &[&str]| town.done(who, &[args, &on[..]].concat());
    let refused = |who: &str, args: &[&str]| {
        Ran::of(
            town.send(who, &[args, &on[..]].concat())
                .args(["-o", "json"]),
        )
        .json(3)["code"]
            .clone()
    };
    let shows =
        |args: &[&str]| Ran::of(town.look(&[args, &on[..]].concat()).args(["-o", "json"])).json(0);

    let seats = shows(&["trader", "show"]);
    assert_eq!(
        (&seats["trader"], &seats["changes_assets"]),
        (&json!(OWNER), &json!(true)),
        "{seats}"
    );
    does(
        "manager",
        &[
            "trader",
            "toggles",
            "--assets",
            "false",
            "--privacy",
            "false",
        ],
    );
    assert_eq!(refused("owner", &["assets", "remove", &town.eth]), "dh4");
    does("manager", &["assets", "remove", &town.eth]);
    assert_eq!(
        refused("manager", &["assets", "add", &town.bazaar]),
        "NotListed"
    );
    assert_eq!(refused("owner", &["trader", "set", ALICE]), "dh4");
    does("manager", &["trader", "set", ALICE]);
    does("manager", &["trader", "remove"]);
    assert_eq!(shows(&["trader", "show"])["trader"], Value::Null);

    assert_eq!(
        refused("owner", &["fees", "announce", "--exit", "1"]),
        "dh4"
    );
    assert_eq!(
        refused("manager", &["fees", "announce", "--exit", "2.01"]),
        "BadFees"
    );
    does(
        "manager",
        &["fees", "announce", "--exit", "1", "--management", "1.5"],
    );
    assert_eq!(
        shows(&["fees", "show"])["announced"]["fees"]["management"],
        150
    );
    assert_eq!(refused("manager", &["fees", "commit"]), "TooEarly");
    town.wait(14 * 86_400);
    does("manager", &["fees", "commit"]);
    assert_eq!(shows(&["fees", "show"])["fees"]["exit"], 100);
    does("manager", &["fees", "lower"]);
    does("manager", &["fees", "announce", "--entry", "1"]);
    does("manager", &["fees", "cancel"]);
    assert_eq!(shows(&["fees", "show"])["announced"], Value::Null);
    does("alice", &["fees", "take"]);

    does(
        "manager",
        &[
            "conditions",
            "tighten",
            "--loss-per-call",
            "0.5",
            "--loss-per-day",
            "2",
        ],
    );
    assert_eq!(
        refused("manager", &["conditions", "tighten"]),
        "BadConditions"
    );
    does("manager", &["conditions", "announce", "--checks", "none"]);
    let rules = shows(&["conditions", "show"]);
    assert_eq!(
        (
            &rules["conditions"]["loss_per_call"],
            &rules["announced"]["conditions"]["checks"]
        ),
        (&json!(500), &json!([]))
    );
    does("manager", &["conditions", "cancel"]);

    does("manager", &["members", "close"]);
    does("manager", &["members", "add", ALICE, OWNER]);
    does("manager", &["members", "remove", OWNER]);
    does("manager", &["members", "lock", "60"]);
    let members = shows(&["members", "list"]);
    assert_eq!(
        (&members["private"], &members["members"]),
        (&json!(true), &json!([ALICE]))
    );
    assert_eq!(shows(&["inspect"])["members"], json!([ALICE]));

    does("manager", &["manager", "propose", ALICE]);
    assert_eq!(refused("owner", &["manager", "accept"]), "dh4");
    does("alice", &["manager", "accept"]);
    assert_eq!(shows(&["inspect"])["manager"], ALICE);
}

#[test]
fn nothing_is_sent_without_a_yes_or_to_an_unnamed_chain() {
    let (town, vault) = funded();
    let sent = town.sent_by(MANAGER);
    let mut asked = town.send("manager", &["trader", "remove", "--vault", &vault]);
    let args: Vec<_> = asked
        .get_args()
        .filter(|arg| *arg != "--yes")
        .map(ToOwned::to_owned)
        .collect();
    let mut asking = crate::bin::portcullis();
    crate::bin::without_proxies(&mut asking);
    asking.args(args).env("KEY_PASSWORD", "a password");
    let nobody = Ran::of(&mut asking);
    assert_eq!(nobody.code, 1);
    assert!(nobody.err.contains("say `--yes`"), "{}", nobody.err);
    asking.env("KEY_PASSWORD", "another");
    assert!(
        Ran::of(&mut asking)
            .err
            .contains("the password does not open it")
    );

    let mut unnamed = town.vault(&[
        "trader",
        "remove",
        "--vault",
        &vault,
        "--yes",
        "--password",
        "env:KEY_PASSWORD",
        "--keystore",
        "x",
    ]);
    let unnamed = Ran::of(&mut unnamed);
    assert!(
        unnamed.err.contains("`--chain-id 31337`"),
        "{}",
        unnamed.err
    );
    let stranger = checked(&town.part("VaultFactory"));
    let other = Ran::of(&mut town.look(&["inspect", "--vault", &stranger]));
    assert_eq!(other.code, 1, "{}", other.err);
    assert_eq!(town.sent_by(MANAGER), sent, "nothing is sent");
    asked.env("KEY_PASSWORD", "a password");
    Ran::of(&mut asked).ended(0);
}
