//! The registry's entries, and a vault's seats, fees, conditions and members: changed by whom it is for.

use super::{
    chain::{ALICE, DELAY, MANAGER, OWNER, Town},
    listed::Home,
};
use crate::bin::Ran;
use serde_json::{Value, json};

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
fn the_trader_the_assets_and_the_toggles_are_the_managers() {
    let home = Home::new();
    let (eth, bazaar) = (&home.town.eth, &home.town.bazaar);
    let seats = home.shows("trader show");
    let seats = (
        &seats["trader"],
        &seats["changes_assets"],
        &seats["toggles_privacy"],
    );
    assert_eq!(seats, (&json!(OWNER), &json!(true), &json!(false)));
    assert_eq!(home.refused("owner", "members close"), "dh4");
    home.does("manager", "trader toggles --assets false --privacy false");
    assert_eq!(
        home.refused("owner", &format!("assets remove {eth}")),
        "dh4"
    );
    home.does("manager", &format!("assets remove {eth}"));
    assert_eq!(home.shows("assets list").as_array().unwrap().len(), 1);
    assert_eq!(
        home.refused("manager", &format!("assets add {bazaar}")),
        "NotListed"
    );
    home.does("manager", &format!("assets add {eth} --deposits"));
    assert_eq!(home.refused("owner", &format!("trader set {ALICE}")), "dh4");
    home.does("manager", &format!("trader set {ALICE}"));
    home.does("manager", "trader remove");
    assert_eq!(home.shows("trader show")["trader"], Value::Null);
}

#[test]
fn fees_and_conditions_are_announced_or_tightened() {
    let home = Home::new();
    assert_eq!(home.refused("owner", "fees announce --exit 1"), "dh4");
    assert_eq!(
        home.refused("manager", "fees announce --exit 2.01"),
        "BadFees"
    );
    home.does("manager", "fees announce --exit 1 --management 1.5");
    assert_eq!(
        home.shows("fees show")["announced"]["fees"]["management"],
        150
    );
    assert_eq!(home.refused("manager", "fees commit"), "TooEarly");
    home.town.wait(14 * 86_400);
    home.does("manager", "fees commit");
    assert_eq!(home.shows("fees show")["fees"]["exit"], 100);
    // What is left out stays as it is.
    home.does("manager", "fees lower --exit 0.5");
    let fees = home.shows("fees show");
    assert_eq!(fees["fees"]["exit"], 50, "{fees}");
    assert_eq!(fees["fees"]["management"], 150, "{fees}");
    home.does("manager", "fees announce --entry 1");
    let fees = home.shows("fees show");
    assert_eq!(fees["announced"]["fees"]["management"], 150, "{fees}");
    home.does("manager", "fees cancel");
    assert_eq!(home.shows("fees show")["announced"], Value::Null);
    home.does("alice", "fees take");

    home.does(
        "manager",
        "conditions tighten --loss-per-call 0.5 --loss-per-day 2",
    );
    assert_eq!(
        home.refused("manager", "conditions tighten --loss-per-day 3"),
        "BadConditions"
    );
    home.does("manager", "conditions announce --checks none");
    let rules = home.shows("conditions show");
    assert_eq!(rules["conditions"]["loss_per_call"], 500, "{rules}");
    let next = &rules["announced"]["conditions"];
    assert_eq!(next["loss_per_day"], 2_000, "{rules}");
    assert_eq!(
        rules["announced"]["conditions"]["checks"],
        json!([]),
        "{rules}"
    );
    home.does("manager", "conditions cancel");
    assert_eq!(
        home.refused("manager", "conditions commit"),
        "NothingAnnounced"
    );
}

#[test]
fn members_come_and_go_and_the_seat_is_handed_on() {
    let home = Home::new();
    home.does("manager", "members close");
    home.does("manager", &format!("members add {ALICE} {OWNER}"));
    home.does("manager", &format!("members remove {OWNER}"));
    home.does("manager", "members lock 60");
    let members = home.shows("members list");
    assert_eq!(
        (&members["private"], &members["members"]),
        (&json!(true), &json!([ALICE]))
    );
    let shown = home.shows("inspect");
    assert_eq!(
        (&shown["members"], &shown["cooldown_seconds"]),
        (&json!([ALICE]), &json!(60))
    );
    home.does("manager", "members open");
    // What nobody is owed, nobody gets.
    let usd = &home.town.usd;
    assert_eq!(
        home.refused("alice", &format!("shares take {usd} {ALICE}")),
        "NothingOwed"
    );
    assert_eq!(
        home.refused("alice", &format!("shares settle {ALICE} {usd}")),
        "NoClaim"
    );

    home.does("manager", &format!("manager propose {ALICE}"));
    assert_eq!(home.shows("inspect")["next_manager"], ALICE);
    assert_eq!(home.refused("owner", "manager accept"), "dh4");
    home.does("alice", "manager accept");
    assert_eq!(home.shows("inspect")["manager"], ALICE);
}
