//! Configurations and requests from dice: few names, so that what is asked is often what is written.

use crate::{
    dice::Dice,
    world::{Entry, Given, Grant, Request, Set},
};

const ROLES: [&str; 3] = ["VIEWER", "OPERATOR", "ARCHITECT"];
const VERBS: [&str; 4] = ["VIEW", "DECIDE", "CONFIGURE", "ISSUE_CREDENTIAL"];
const WORKSPACES: [&str; 4] = ["shop", "shop-2", "Shop", "lab"];
const AGENTS: [&str; 5] = ["agt_a", "agt_ab", "agt_b", "bot.a", "AGT_A"];
const SCOPES: [&str; 14] = [
    "site",
    "mail",
    "site-mail",
    "mail-site",
    "aws:ec2",
    "aws:iam:users",
    "aws:",
    "site\nmail",
    "Site",
    "",
    "é",
    "a\"b",
    "c\\d",
    "e*f",
];

const AGENT_PATTERNS: [&str; 12] = [
    "agt_a",
    "agt_b",
    "bot.a",
    "agt_",
    "regex:agt_a",
    "regex:agt_.*",
    "regex:.*b",
    "regex:agt_(a|b)",
    "regex:bot\\.a",
    "regex:.*",
    "regex:agt_a|bot\\..*",
    "regex:[a-z_]+",
];
const SCOPE_PATTERNS: [&str; 18] = [
    "site",
    "mail",
    "aws:ec2",
    "a\"b",
    "é",
    "regex:site.*",
    "regex:.*mail",
    "regex:aws:.*",
    "regex:aws:iam:.*",
    "regex:site|mail",
    "regex:(site|mail)-(site|mail)",
    "regex:.*",
    "regex:.*-.*",
    "regex:c\\\\d",
    "regex:e\\*f",
    "regex:(aws:|site).*",
    "regex:.+",
    "regex:(?i)site",
];

pub(crate) fn given(dice: &mut Dice) -> Given {
    let mut given = Given {
        active: dice.chance(92),
        grants: (0..dice.below(4)).map(|_| grant(dice)).collect(),
        sets: (0..dice.below(4)).map(|number| set(dice, number)).collect(),
    };
    if dice.chance(10) {
        given.sets.extend(given.sets.clone());
    }
    given
}

fn grant(dice: &mut Dice) -> Grant {
    // Architects are rare here: no set binds them, and sets are what is compared.
    let role = if dice.chance(8) { 2 } else { dice.below(2) };
    Grant {
        role: ROLES[role].to_owned(),
        workspace: dice.chance(75).then(|| workspace(dice)),
    }
}

/// Mostly the first, so that grants, entries and requests meet.
fn workspace(dice: &mut Dice) -> String {
    if dice.chance(60) {
        WORKSPACES[0].to_owned()
    } else {
        dice.word(&WORKSPACES)
    }
}

fn set(dice: &mut Dice, number: usize) -> Set {
    Set {
        id: format!("set_{number}"),
        name: "a set".to_owned(),
        entries: (0..dice.below(4)).map(|_| entry(dice)).collect(),
    }
}

fn entry(dice: &mut Dice) -> Entry {
    let effect = if dice.chance(25) { "DENY" } else { "ALLOW" };
    Entry {
        workspace: workspace(dice),
        effect: effect.to_owned(),
        agents: patterns(dice, &AGENT_PATTERNS),
        scopes: patterns(dice, &SCOPE_PATTERNS),
    }
}

fn patterns(dice: &mut Dice, words: &[&str]) -> Vec<String> {
    let count = if dice.chance(15) {
        0
    } else {
        1 + dice.below(3)
    };
    (0..count).map(|_| dice.word(words)).collect()
}

pub(crate) fn request(dice: &mut Dice) -> Request {
    Request {
        verb: dice.word(&VERBS),
        workspace: dice.chance(92).then(|| workspace(dice)),
        agent: dice.chance(85).then(|| dice.word(&AGENTS)),
        scope: dice.chance(85).then(|| dice.word(&SCOPES)),
    }
}
