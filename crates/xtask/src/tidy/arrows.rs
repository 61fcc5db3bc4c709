//! Arrows between crates point down only; heavy packages stay with the crates that own them.

use crate::{
    finding::Finding,
    house::House,
    manifest::{Dependency, Package},
};

const RULE: &str = "arrows";
const PREFIX: &str = "portcullis-";

/// One crate of the house.
struct Room {
    /// Its noun.
    name: &'static str,
    /// The crates it may lean on.
    below: &'static [&'static str],
}

/// Every crate, floor by floor from the ground up; the last row never ships. A crate that is not
/// here must not exist.
const FLOORS: &[&[Room]] = &[
    &[room("policy", &[]), room("screen", &[])],
    &[room("firewall", &["policy", "screen"])],
    &[room("door", &["firewall", "policy"])],
    &[
        room("control", &["door", "firewall", "policy"]),
        room("credentials", &["firewall", "policy", "screen"]),
        room("evm", &["firewall", "policy"]),
        room("gateway", &["door", "firewall", "policy"]),
        room("runner", &["firewall", "policy", "screen"]),
        room("store", &["firewall", "policy"]),
        room("targets", &["firewall", "policy"]),
    ],
    &[room(
        "app",
        &[
            "control",
            "credentials",
            "door",
            "evm",
            "firewall",
            "gateway",
            "policy",
            "runner",
            "screen",
            "store",
            "targets",
        ],
    )],
    &[room("testkit", &["firewall", "policy"]), room("xtask", &[])],
];

const fn room(name: &'static str, below: &'static [&'static str]) -> Room {
    Room { name, below }
}

/// What any crate's tests may lean on besides what the crate itself may.
const FOR_TESTS: &str = "testkit";

/// A package from outside that only some crates may lean on.
struct Reserved {
    /// The package.
    package: &'static str,
    /// The crates that may.
    rooms: &'static [&'static str],
    /// The features that any other crate may use; without this, none may lean on it at all.
    elsewhere: Option<&'static [&'static str]>,
}

/// Tests may lean on all of these.
const RESERVED: &[Reserved] = &[
    only("rusqlite", &["store"]),
    only("revm", &["evm"]),
    only("postgres-protocol", OUT),
    only("ring", &["control", "credentials"]),
    only("axum", HTTP),
    only("hyper", CALLS),
    only("hyper-util", CALLS),
    only("tower", HTTP),
    only("tower-http", HTTP),
    only("utoipa", HTTP),
    only("utoipa-axum", HTTP),
    only("hmac", OUT),
    only("lettre", OUT),
    only("rustls-native-certs", OUT),
    only("tokio-rustls", OUT),
    only("tokio-postgres", &["credentials", "targets", "testkit"]),
    only("tokio-tungstenite", &["credentials", "testkit"]),
    only("regex-automata", &["screen"]),
    only("landlock", &["runner"]),
    only("nix", &["runner"]),
    only("seccompiler", &["runner"]),
    only("signal-hook", &["runner"]),
    only("revm", &["evm"]),
    only("clap", &["app"]),
    only("anyhow", &["app"]),
    only("getrandom", &["app"]),
    Reserved {
        package: "tokio",
        rooms: &[
            "app",
            "control",
            "credentials",
            "door",
            "evm",
            "gateway",
            "runner",
            "store",
            "targets",
            "testkit",
        ],
        elsewhere: Some(&["sync"]),
    },
];

/// Where others come in.
const HTTP: &[&str] = &["app", "control", "door", "gateway"];

/// Where other systems are called, with secrets.
const OUT: &[&str] = &["credentials"];

/// Both, for they speak one language.
const CALLS: &[&str] = &["app", "control", "credentials", "door", "gateway"];

const fn only(package: &'static str, rooms: &'static [&'static str]) -> Reserved {
    Reserved {
        package,
        rooms,
        elsewhere: None,
    }
}

pub(super) fn check(house: &House) -> Vec<Finding> {
    house.packages.iter().flat_map(check_package).collect()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let manifest = format!("{}/Cargo.toml", package.folder());
    let find = |advice| Finding::new(RULE, &manifest, 1, advice);
    let Some(room) = FLOORS
        .iter()
        .copied()
        .flatten()
        .find(|room| room.name == package.noun())
    else {
        return vec![find(
            "give the new crate a floor in the table of arrows".to_owned(),
        )];
    };
    let checks = package.dependencies.iter().filter_map(|dependency| {
        let inside = dependency.name.strip_prefix(PREFIX);
        inside.map_or_else(
            || reserved_breach(room, dependency),
            |below| arrow_breach(room, below, dependency.is_dev()),
        )
    });
    checks.map(find).collect()
}

fn arrow_breach(room: &Room, below: &str, dev: bool) -> Option<String> {
    let allowed = room.below.contains(&below) || (dev && below == FOR_TESTS);
    (!allowed).then(|| {
        format!(
            "`{}` must not lean on `{below}`: move what both need to a lower floor, or pass it in",
            room.name
        )
    })
}

fn reserved_breach(room: &Room, dependency: &Dependency) -> Option<String> {
    let reserved = RESERVED.iter().find(|one| one.package == dependency.name)?;
    if dependency.is_dev() || reserved.rooms.contains(&room.name) {
        return None;
    }
    let owners = reserved.rooms.join(", ");
    let Some(features) = reserved.elsewhere else {
        return Some(format!("only {owners} may lean on `{}`", reserved.package));
    };
    let fits = dependency
        .features
        .iter()
        .all(|asked| features.contains(&asked.as_str()));
    (!fits || dependency.uses_default_features).then(|| {
        let kept = features.join(", ");
        format!(
            "outside {owners}, ask `{}` for no feature but {kept}",
            reserved.package
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{FLOORS, check_package};
    use crate::{
        manifest::Dependency,
        tidy::sample::{dependency, dev, lines, package},
    };

    fn advice(noun: &str, dependencies: Vec<Dependency>) -> Vec<String> {
        lines(&check_package(&package(noun, dependencies)))
    }

    #[test]
    fn the_table_itself_points_down() {
        for (number, floor) in FLOORS.iter().enumerate() {
            let lower: Vec<&str> = FLOORS
                .iter()
                .take(number)
                .copied()
                .flatten()
                .map(|room| room.name)
                .collect();
            for below in floor.iter().flat_map(|room| room.below) {
                assert!(lower.contains(below), "{below} is not below floor {number}");
            }
        }
    }

    #[test]
    fn an_arrow_that_points_up_or_sideways_is_found() {
        let up = advice("policy", vec![dependency("portcullis-firewall")]);
        assert_eq!(up.len(), 1, "{up:?}");
        let sideways = advice("gateway", vec![dependency("portcullis-store")]);
        assert_eq!(sideways.len(), 1, "{sideways:?}");
        let down = advice("gateway", vec![dependency("portcullis-policy")]);
        assert!(down.is_empty(), "{down:?}");
    }

    #[test]
    fn what_never_ships_is_leaned_on_by_tests_alone() {
        assert_eq!(
            advice("gateway", vec![dependency("portcullis-testkit")]).len(),
            1
        );
        assert!(advice("gateway", vec![dev("portcullis-testkit")]).is_empty());
        assert_eq!(advice("policy", vec![dev("portcullis-xtask")]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(
            advice("loft", vec![]),
            ["crates/loft/Cargo.toml:1: arrows: give the new crate a floor in the table of arrows"]
        );
    }

    #[test]
    fn reserved_packages_stay_with_their_owners() {
        assert_eq!(
            advice("gateway", vec![dependency("rusqlite")]),
            ["crates/gateway/Cargo.toml:1: arrows: only store may lean on `rusqlite`"]
        );
        assert!(advice("store", vec![dependency("rusqlite")]).is_empty());
        assert!(advice("gateway", vec![dev("rusqlite")]).is_empty());
    }

    #[test]
    fn below_the_third_floor_tokio_only_synchronises() {
        let with = |features: &[&str]| Dependency {
            features: features.iter().map(|one| (*one).to_owned()).collect(),
            ..dependency("tokio")
        };
        assert!(advice("firewall", vec![with(&["sync"])]).is_empty());
        assert_eq!(advice("firewall", vec![with(&["sync", "net"])]).len(), 1);
        let default = Dependency {
            uses_default_features: true,
            ..dependency("tokio")
        };
        assert_eq!(advice("firewall", vec![default]).len(), 1);
        assert!(advice("gateway", vec![with(&["net"])]).is_empty());
    }
}
