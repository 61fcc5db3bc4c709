//! A vault that is made, shown, simulated and traded for.

use super::{
    chain::{ALICE, MANAGER, address, checked, data},
    listed::Home,
};
use crate::bin::Ran;
use portcullis_evm::{U256, errand::vault, names::Names};
use serde_json::json;

#[test]
fn a_vault_is_made_and_shown() {
    let home = Home::new();
    let shown = Ran::of(&mut home.town.look(&["inspect", "--vault", &home.vault])).ended(0);
    insta::with_settings!({ filters => vec![
        (r"each worth [0-9.]+ USD", "each worth [price] USD"),
        (r"(?m)^at block \d+", "at block [number]"),
        (r"shares\s+1000\.?\d*", "shares            [shares]"),
    ] }, {
        insta::assert_snapshot!(shown);
    });
    let shown = home.shows("inspect");
    assert_eq!(shown["assets"][0]["balance"], "1000000000", "{shown}");
    assert_eq!(shown["value"], "1000000000000000000000");
    // What was just bought stays for a second at least.
    home.town.wait(2);
    home.does("alice", "shares withdraw 500");
    // Fees of a second or two have diluted the shares.
    let left = home.shows("inspect")["assets"][0]["balance"].clone();
    assert!(left.as_str().unwrap().starts_with("50000"), "{left}");
}

#[test]
fn a_trade_is_simulated_done_and_seen() {
    let home = Home::new();
    let (usd, router) = (&home.town.usd, &home.town.router);
    let amount = U256::from(200_000_000);
    let allow = vault::approve(address(usd), address(router), amount, &Names::default());
    home.does("owner", &format!("execute --to {usd} {}", data(&allow)));
    let purchase = home.town.buy(100, &home.vault);
    let seen = Ran::of(home.simulates(router, &purchase).args(["-o", "json"])).json(0);
    assert_eq!(
        (&seen["verdict"], &seen["chain"]["succeeds"]),
        (&json!("allow"), &json!(true)),
        "{seen}"
    );
    assert!(
        seen["words"].to_string().contains("Trades 100 USDC"),
        "{seen}"
    );
    let text = Ran::of(&mut home.simulates(router, &purchase)).ended(0);
    for part in [
        "this vault gives 100 USDC",
        "every rule is kept",
        "one source alone says so",
    ] {
        assert!(text.contains(part), "{text}");
    }
    home.does("owner", &format!("execute --to {router} {purchase}"));
    let after = home.shows("assets list");
    assert_eq!(after[0]["balance"], "900000000", "{after}");
    assert_ne!(after[1]["balance"], "0");
    // At an older block the purchase has yet to come.
    let before = home.shows(&format!("assets list --block {}", seen["block"]));
    assert_eq!(before[0]["balance"], "1000000000", "{before}");
}

#[test]
fn what_a_simulation_refuses_the_chain_refuses_and_nothing_is_sent() {
    let home = Home::new();
    let (bazaar, router) = (&home.town.bazaar, &home.town.router);
    let stray = home.town.buy(1, &home.vault);
    let stray = Ran::of(home.simulates(bazaar, &stray).args(["-o", "json"])).json(3);
    assert_eq!(
        (&stray["verdict"], &stray["why"]["code"]),
        (&json!("deny"), &json!("dh23")),
        "{stray}"
    );
    assert_eq!(
        stray["chain"]["why"]["code"], "dh23",
        "the chain says the same"
    );
    let bytes = home.town.buy(1, ALICE);
    let thief = Ran::of(home.simulates(router, &bytes).args(["-o", "json"])).json(3);
    let why = (&thief["why"]["rule"], &thief["why"]["argument"]);
    assert_eq!(why, (&json!("recipient"), &json!(3)), "{thief}");
    assert_eq!(
        thief["chain"]["why"]["rule"], "recipient",
        "the chain says the same"
    );
    assert_eq!(
        home.refused("owner", &format!("execute --to {router} {bytes}")),
        "Refused"
    );
    assert_eq!(
        home.refused("alice", &format!("execute --to {router} {bytes}")),
        "dh24"
    );
}

#[test]
fn nothing_is_sent_without_a_yes_or_to_an_unnamed_chain() {
    let Home { town, vault } = Home::new();
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
    // No vault is made on other code than the artifacts make.
    let factory = town.part("VaultFactory");
    town.anvil.ask("anvil_setCode", &json!([factory, "0x6000"]));
    let make = ["create", "--name", "V", "--symbol", "V"];
    let other = Ran::of(&mut town.send("manager", &make));
    assert!(
        other.err.contains("is not that of `VaultFactory`"),
        "{}",
        other.err
    );

    let stranger = checked(&town.part("VaultFactory"));
    let other = Ran::of(&mut town.look(&["inspect", "--vault", &stranger]));
    assert_eq!(other.code, 1, "{}", other.err);
    assert_eq!(town.sent_by(MANAGER), sent, "nothing is sent");
    asked.env("KEY_PASSWORD", "a password");
    Ran::of(&mut asked).ended(0);
}
