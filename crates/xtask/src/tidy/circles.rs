//! No circle of files within a crate, and no import of what a crate's root offers.
//!
//! A file and the folder of its name are one room: `thing.rs` may use `thing/part.rs` and the
//! other way round. Rooms that stand side by side, at any depth, must have an order.

use crate::{
    finding::Finding,
    house::House,
    imports::{Import, imports},
    module::{Module, ModulePath, modules},
    token,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const CIRCLES: &str = "circles";
const ROOT: &str = "crate-root";

/// Where an import stands.
#[derive(Clone, Debug)]
struct Place {
    file: String,
    line: usize,
}

/// The rooms side by side below one module, and which leans on which.
type Level = BTreeMap<String, BTreeMap<String, Place>>;

pub(super) fn check(house: &House) -> Vec<Finding> {
    let crates = house
        .packages
        .iter()
        .map(|package| modules(house, package, "src"));
    crates.flat_map(|modules| check_crate(&modules)).collect()
}

fn check_crate(modules: &[Module]) -> Vec<Finding> {
    let known: BTreeSet<&ModulePath> = modules.iter().map(|module| &module.path).collect();
    let mut findings = Vec::new();
    let mut levels: BTreeMap<ModulePath, Level> = BTreeMap::new();
    for module in modules.iter().filter(|module| !module.is_test()) {
        let tokens = token::without_tests(token::tokens(&module.text));
        for import in imports(&tokens, &module.path) {
            let target = owner(&import.path, &known);
            if target.is_empty() && !module.path.is_empty() {
                findings.extend(root_breach(module, &import));
            }
            lean(&mut levels, module, &target, import.line);
        }
    }
    findings.extend(levels.values().flat_map(circles));
    findings
}

/// The module that a path leads into: its longest beginning that is a file.
fn owner(path: &[String], known: &BTreeSet<&ModulePath>) -> ModulePath {
    let mut owner = path.to_vec();
    while !owner.is_empty() && !known.contains(&owner) {
        owner.pop();
    }
    owner
}

fn root_breach(module: &Module, import: &Import) -> Option<Finding> {
    // `use super::{…}` or `crate::{…}` names the root only on the way to a module.
    if import.path.is_empty() && !import.glob {
        return None;
    }
    let advice = "import from the module that owns the item, not from the root of the crate";
    Some(Finding::new(ROOT, &module.file, import.line, advice))
}

/// Notes that the room of `module` leans on the room of `target`, where the two ways part.
fn lean(levels: &mut BTreeMap<ModulePath, Level>, module: &Module, target: &[String], line: usize) {
    let same = module
        .path
        .iter()
        .zip(target)
        .take_while(|(a, b)| a == b)
        .count();
    let (Some(from), Some(to)) = (module.path.get(same), target.get(same)) else {
        return;
    };
    let above = target.iter().take(same).cloned().collect();
    let rooms = levels
        .entry(above)
        .or_default()
        .entry(from.clone())
        .or_default();
    rooms.entry(to.clone()).or_insert_with(|| Place {
        file: module.file.clone(),
        line,
    });
}

/// One finding for every circle; a room is named in one of them at most.
fn circles(level: &Level) -> Vec<Finding> {
    let mut named = BTreeSet::new();
    let mut findings = Vec::new();
    for room in level.keys() {
        if named.contains(room.as_str()) {
            continue;
        }
        let Some(ring) = shortest_ring(level, room) else {
            continue;
        };
        let way = ring.join("` → `");
        let place = ring.first().and_then(|next| level.get(room)?.get(*next));
        named.extend(ring);
        let Some(place) = place else { continue };
        let advice =
            format!("break the circle `{room}` → `{way}`: move what both need into a module below");
        findings.push(Finding::new(CIRCLES, &place.file, place.line, advice));
    }
    findings
}

/// The fewest steps from `room` back to itself, without the start.
fn shortest_ring<'l>(level: &'l Level, room: &str) -> Option<Vec<&'l str>> {
    let mut waiting: VecDeque<Vec<&str>> = VecDeque::new();
    let mut seen = BTreeSet::new();
    let next = |from: &str| level.get(from).into_iter().flat_map(BTreeMap::keys);
    waiting.extend(next(room).map(|to| vec![to.as_str()]));
    while let Some(way) = waiting.pop_front() {
        let end = *way.last()?;
        if end == room {
            return Some(way);
        }
        if seen.insert(end) {
            let further = next(end).map(|to| way.iter().copied().chain([to.as_str()]).collect());
            waiting.extend(further);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::sample::{house, lines};

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let house = house(&[
            ("crates/x/src/a.rs", "\nuse crate::b::B;"),
            ("crates/x/src/b.rs", "use super::a::A;"),
        ]);
        assert_eq!(
            lines(&check(&house)),
            [
                "crates/x/src/a.rs:2: circles: break the circle `a` → `b` → `a`: move what both need \
              into a module below"
            ]
        );
    }

    #[test]
    fn a_longer_circle_is_found_once() {
        let house = house(&[
            ("crates/x/src/a.rs", "use crate::b::B;"),
            ("crates/x/src/b.rs", "fn f() { crate::c::f() }"),
            ("crates/x/src/c.rs", "use crate::a::A;"),
            ("crates/x/src/d.rs", "use crate::a::A;"),
        ]);
        let found = lines(&check(&house));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found
                .iter()
                .all(|line| line.contains("`a` → `b` → `c` → `a`")),
            "{found:?}"
        );
    }

    #[test]
    fn a_file_and_its_folder_are_one_room() {
        let house = house(&[
            (
                "crates/x/src/a.rs",
                "mod part; use self::part::P; pub struct A;",
            ),
            ("crates/x/src/a/part.rs", "use super::A; pub struct P;"),
            ("crates/x/src/b.rs", "use crate::a::part::P;"),
        ]);
        assert!(lines(&check(&house)).is_empty());
    }

    #[test]
    fn parts_of_two_rooms_make_a_circle_of_the_rooms() {
        let house = house(&[
            ("crates/x/src/a.rs", "pub struct A;"),
            ("crates/x/src/a/part.rs", "use crate::b::B;"),
            ("crates/x/src/b.rs", "use crate::a::A;"),
        ]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn siblings_in_one_folder_must_have_an_order() {
        let house = house(&[
            ("crates/x/src/a.rs", "mod p; mod q;"),
            ("crates/x/src/a/p.rs", "use super::q::Q;"),
            ("crates/x/src/a/q.rs", "use crate::a::p::P;"),
        ]);
        assert_eq!(check(&house).len(), 1);
    }

    #[test]
    fn tests_may_look_where_they_like() {
        let house = house(&[
            ("crates/x/src/a.rs", "use crate::b::B;"),
            (
                "crates/x/src/b.rs",
                "#[cfg(test)] mod tests { use crate::a::A; }",
            ),
            ("crates/x/src/b/tests.rs", "use crate::a::A;"),
        ]);
        assert!(lines(&check(&house)).is_empty());
    }

    #[test]
    fn the_root_is_not_imported_from() {
        let house = house(&[
            ("crates/x/src/lib.rs", "mod a; pub use a::A;"),
            ("crates/x/src/a.rs", "use crate::*;"),
            ("crates/x/src/b.rs", "use super::A;"),
            ("crates/x/src/c.rs", "use crate::{a::{self, B}};"),
        ]);
        let found = lines(&check(&house));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found.iter().all(|line| line.contains("crate-root")),
            "{found:?}"
        );
    }
}
