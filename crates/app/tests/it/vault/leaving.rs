//! A vault that is paused, and one that is left for one asset.

use super::{
    chain::{ALICE, address, data},
    listed::Home,
};
use crate::bin::Ran;
use portcullis_evm::{U256, errand::vault, names::Names, stand_ins::MockToken};
use serde_json::json;

#[test]
fn a_vault_is_paused_by_whoever_may_and_goes_on() {
    let home = Home::new();
    let (usd, router) = (&home.town.usd, &home.town.router);
    let allow = vault::approve(
        address(usd),
        address(router),
        U256::from(1),
        &Names::default(),
    );
    let call = format!("execute --to {usd} {}", data(&allow));
    home.does("manager", "pause trades");
    let shown = home.shows("inspect");
    assert_eq!(shown["paused"]["by_manager"], json!(["trades"]), "{shown}");
    assert_eq!(home.refused("owner", &call), "dh20");
    // The registry's pause is not the manager's to end.
    home.does("owner", "pause vault --house");
    home.does("manager", "resume trades");
    assert_eq!(home.refused("owner", &call), "dh2");
    assert_eq!(home.refused("alice", "pause vault"), "dh4");
    assert_eq!(home.refused("alice", "pause vault --house"), "NotGuardian");
    let all = |who: &str, verb: &str| {
        Ran::of(
            home.town
                .send(who, &[verb, "everything"])
                .args(["-o", "json"]),
        )
    };
    all("owner", "pause").json(0);
    assert_eq!(all("alice", "resume").json(3)["code"], "NotOwner");
    assert_eq!(home.refused("owner", &call), "dh1");
    let seen = Ran::of(
        home.simulates(usd, data(&allow).as_str())
            .args(["-o", "json"]),
    )
    .json(3);
    assert_eq!(seen["why"]["code"], "dh1", "{seen}");
    let shown = Ran::of(&mut home.town.look(&["inspect", "--vault", &home.vault])).ended(0);
    for part in ["all vaults, by the registry (dh1)", "withdrawals go on"] {
        assert!(shown.contains(part), "{shown}");
    }
    // Alice leaves with a part all the same.
    home.town.wait(2);
    home.does("alice", "shares withdraw 100");
    all("owner", "resume").json(0);
    home.does("owner", "resume vault --house");
    assert_eq!(home.shows("inspect")["paused"]["by_registry"], json!([]));
    home.does("owner", &call);
}

/// Two hundred of the vault's dollars become ether.
fn buys(home: &Home) {
    let (usd, router) = (&home.town.usd, &home.town.router);
    let amount = U256::from(200_000_000);
    let allow = vault::approve(address(usd), address(router), amount, &Names::default());
    home.does("owner", &format!("execute --to {usd} {}", data(&allow)));
    let purchase = home.town.buy(200, &home.vault);
    home.does("owner", &format!("execute --to {router} {purchase}"));
}

fn balance(home: &Home, token: &str) -> U256 {
    let account = address(ALICE);
    let told = home
        .town
        .asked(token, &MockToken::balanceOfCall { account });
    U256::from_str_radix(told.trim_start_matches("0x"), 16).unwrap()
}

#[test]
fn a_vault_is_left_though_an_asset_reverts_or_burns_all_gas() {
    let home = Home::new();
    let (anvil, usd, eth) = (&home.town.anvil, &home.town.usd, &home.town.eth);
    buys(&home);
    home.town.wait(2);
    let well = anvil.ask("eth_getCode", &json!([eth, "latest"]));
    // Reverts, then burns.
    for (code, parts) in [("0x5f5ffd", 1), ("0xfe", 2)] {
        anvil.ask("anvil_setCode", &json!([eth, code]));
        let before = balance(&home, usd);
        home.does("alice", "shares withdraw 100");
        assert!(balance(&home, usd) > before + U256::from(70_000_000 / parts));
    }
    anvil.ask("anvil_setCode", &json!([eth, well]));
    assert!(balance(&home, eth).is_zero());
    home.does("alice", &format!("shares settle {ALICE} {eth}"));
    assert!(balance(&home, eth) > U256::ZERO);
}

#[test]
fn shares_are_given_back_for_one_asset() {
    let home = Home::new();
    let (usd, eth, router) = (&home.town.usd, &home.town.eth, &home.town.router);
    buys(&home);
    home.town.wait(2);
    let made = home.does("alice", "shares exit make");
    let exit = made["exit"].as_str().unwrap().to_owned();
    let leave = |least: u64, over: &str| {
        format!(
            "shares withdraw 500 --into {usd} --at-least {least} --over {over} \
             --route {router}={eth},{usd}"
        )
    };
    // The shares are allowed by then; giving them back is not sent.
    let line = leave(501, &exit);
    let mut args: Vec<_> = line.split_whitespace().collect();
    args.extend(["--vault", &home.vault]);
    let little = Ran::of(home.town.send("alice", &args).args(["-o", "json"])).json(3);
    assert_eq!(little["code"], "TooLittle", "{little}");
    let before = balance(&home, usd);
    home.does("alice", &leave(490, &exit));
    assert!(balance(&home, usd) - before >= U256::from(490_000_000));
    assert!(balance(&home, eth).is_zero());
    // No shares are allowed to what is no way out of one's own.
    let other = home.town.part("Escrow");
    let args = leave(1, &other);
    let mut args: Vec<_> = args.split_whitespace().collect();
    args.extend(["--vault", &home.vault]);
    let stray = Ran::of(&mut home.town.send("alice", &args));
    assert!(
        stray.err.contains("is not that of a way out"),
        "{}",
        stray.err
    );
}
