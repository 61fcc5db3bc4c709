//! Who a session's commands are, where the gate is root and may say so.

use crate::plan::NOBODY;
use portcullis_policy::id::{SessionId, TenantId};
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use std::fs;

/// The first number for sessions, above what systems give to people, services and containers.
const FIRST: u32 = 0x7000_0000;
/// How many numbers there are for them.
const COUNT: u32 = 0x0800_0000;

/// The user of a session, where the gate is root; else its commands are the gate's own user.
///
/// Two sessions have one number by chance once in a hundred million; what keeps them apart then is
/// every other wall. Where the numbers do not exist, within narrow user namespaces, all are nobody.
pub(super) fn of(tenant: &TenantId, session: &SessionId) -> Option<u32> {
    geteuid()
        .is_root()
        .then(|| match exists(FIRST + COUNT - 1) {
            true => FIRST + number(tenant, session) % COUNT,
            false => NOBODY,
        })
}

/// The rights of the folders above rooms: others may pass through to what is theirs, where there
/// are others, and never look around.
pub(super) fn passable() -> u32 {
    match geteuid().is_root() {
        true => 0o711,
        false => 0o700,
    }
}

fn number(tenant: &TenantId, session: &SessionId) -> u32 {
    let digest = Sha256::digest(format!("{tenant}/{session}"));
    let first = digest.iter().take(4);
    first.fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Whether a user's number exists here, by `/proc/self/uid_map`: first inside, first outside, how
/// many.
fn exists(id: u32) -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.lines().any(|line| {
        let numbers: Vec<u64> = line
            .split_whitespace()
            .filter_map(|number| number.parse().ok())
            .collect();
        let [inside, _, count] = numbers[..] else {
            return false;
        };
        (inside..inside.saturating_add(count)).contains(&u64::from(id))
    })
}

#[cfg(test)]
mod tests {
    use super::{COUNT, number};
    use portcullis_policy::id::{SessionId, TenantId};

    #[test]
    fn a_session_has_one_number_and_another_has_another() {
        let of = |tenant: &str, session: &str| {
            let tenant = TenantId::new(tenant).expect("an id");
            number(&tenant, &SessionId::new(session).expect("an id")) % COUNT
        };
        assert_eq!(of("acme", "s1"), of("acme", "s1"));
        assert_ne!(of("acme", "s1"), of("acme", "s2"));
        assert_ne!(of("acme", "s1"), of("other", "s1"));
    }
}
