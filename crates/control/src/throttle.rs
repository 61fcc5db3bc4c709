//! Guessing passwords takes time: who failed often waits, longer each time.
//!
//! Names that do not exist are counted as those that do, so that an answer tells nothing of them.
//! The counts live in memory, in a bounded number: after a restart there is room again.

use jiff::{SignedDuration, Timestamp};
use portcullis_policy::{id::TenantId, label::Label};
use std::collections::HashMap;

/// So many failures of one name are free.
pub(crate) const FREE: u32 = 5;
/// How long one waits after the first failure that is not free; twice as long after each other.
const FIRST_DELAY: SignedDuration = SignedDuration::from_secs(2);
/// The longest that one waits.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_mins(15);
/// After so long without a failure a name is forgotten.
const MEMORY: SignedDuration = SignedDuration::from_hours(24);
/// The most failures of all names of a tenant together within [`WINDOW`].
pub(crate) const OF_TENANT: u32 = 60;
/// The span over which a tenant's failures are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// The most names that are remembered.
const NAMES_MAX: usize = 10_000;

/// Whose sign-in is tried: a tenant, none for all that do not exist, and a name as it was typed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Key {
    tenant: Option<TenantId>,
    name: Label,
}

/// Not yet: after so many whole seconds, at least one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RetryAfter {
    /// How many.
    pub seconds: u64,
}

/// The failures of late.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    names: HashMap<Key, Failures>,
    tenants: HashMap<Option<TenantId>, Window>,
}

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Timestamp,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    count: u32,
}

impl Key {
    /// The key of a tenant that exists, or of none, and a name, whatever its case.
    pub(crate) fn new(tenant: Option<&TenantId>, name: &str) -> Self {
        Self {
            tenant: tenant.cloned(),
            name: Label::new(name),
        }
    }
}

impl Throttle {
    /// Lets an attempt through, or says when to come again.
    ///
    /// From here on it counts as failed until it is said to have succeeded or not to have taken
    /// place: many attempts at once are no way around.
    ///
    /// # Errors
    /// [`RetryAfter`]; then nothing is counted.
    pub(crate) fn admit(&mut self, key: &Key, now: Timestamp) -> Result<(), RetryAfter> {
        self.wait_of_tenant(&key.tenant, now)?;
        self.wait_of_name(key, now)?;
        self.make_room(key, now);
        let failures = self.names.entry(key.clone()).or_insert(Failures {
            count: 0,
            last: now,
        });
        failures.count = failures.count.saturating_add(1);
        failures.last = now;
        let window = self.window(&key.tenant, now);
        window.count = window.count.saturating_add(1);
        Ok(())
    }

    /// An attempt that was let through failed: the wait begins now.
    pub(crate) fn failed(&mut self, key: &Key, now: Timestamp) {
        if let Some(failures) = self.names.get_mut(key) {
            failures.last = now;
        }
    }

    /// An attempt that was let through succeeded: all is forgiven.
    pub(crate) fn succeeded(&mut self, key: &Key, now: Timestamp) {
        self.names.remove(key);
        self.give_back(&key.tenant, now);
    }

    /// An attempt that was let through did not take place: it was no failure.
    pub(crate) fn withdrawn(&mut self, key: &Key, now: Timestamp) {
        if let Some(failures) = self.names.get_mut(key) {
            failures.count = failures.count.saturating_sub(1);
        }
        self.names
            .retain(|name, failures| name != key || failures.count > 0);
        self.give_back(&key.tenant, now);
    }

    fn give_back(&mut self, tenant: &Option<TenantId>, now: Timestamp) {
        let window = self.window(tenant, now);
        window.count = window.count.saturating_sub(1);
    }

    fn wait_of_tenant(
        &mut self,
        tenant: &Option<TenantId>,
        now: Timestamp,
    ) -> Result<(), RetryAfter> {
        let window = self.window(tenant, now);
        if window.count < OF_TENANT {
            return Ok(());
        }
        Err(RetryAfter::of(left(window.began, WINDOW, now)))
    }

    fn wait_of_name(&mut self, key: &Key, now: Timestamp) -> Result<(), RetryAfter> {
        let Some(failures) = self.names.get_mut(key) else {
            return Ok(());
        };
        // A clock that was set back makes nobody wait for it.
        failures.last = failures.last.min(now);
        let left = left(failures.last, delay(failures.count), now);
        if left.is_positive() {
            return Err(RetryAfter::of(left));
        }
        Ok(())
    }

    /// The tenant's count of this span; a new one when the last is over, or in the future.
    fn window(&mut self, tenant: &Option<TenantId>, now: Timestamp) -> &mut Window {
        let fresh = Window {
            began: now,
            count: 0,
        };
        let window = self.tenants.entry(tenant.clone()).or_insert(fresh);
        if window.began > now || !left(window.began, WINDOW, now).is_positive() {
            *window = fresh;
        }
        window
    }

    /// Forgets a name for a new one when there are too many: old ones, else the one that fails
    /// least.
    fn make_room(&mut self, key: &Key, now: Timestamp) {
        if self.names.len() < NAMES_MAX || self.names.contains_key(key) {
            return;
        }
        self.names
            .retain(|_, failures| left(failures.last, MEMORY, now).is_positive());
        if self.names.len() < NAMES_MAX {
            return;
        }
        let least = self
            .names
            .iter()
            .min_by_key(|(_, failures)| (failures.count, failures.last))
            .map(|(name, _)| name.clone());
        if let Some(name) = least {
            self.names.remove(&name);
        }
    }
}

impl RetryAfter {
    fn of(left: SignedDuration) -> Self {
        let whole = u64::try_from(left.as_secs()).unwrap_or(0);
        let part = u64::from(left.subsec_nanos() > 0);
        Self {
            seconds: whole.saturating_add(part).max(1),
        }
    }
}

/// How long one waits after so many failures.
fn delay(count: u32) -> SignedDuration {
    let Some(beyond) = count.checked_sub(FREE) else {
        return SignedDuration::ZERO;
    };
    let doubled = 1_i32.checked_shl(beyond).filter(|factor| *factor > 0);
    doubled
        .and_then(|factor| FIRST_DELAY.checked_mul(factor))
        .map_or(LONGEST_DELAY, |delay| delay.min(LONGEST_DELAY))
}

/// What is left of a span that began at a moment.
fn left(began: Timestamp, span: SignedDuration, now: Timestamp) -> SignedDuration {
    span.saturating_sub(now.duration_since(began))
}

#[cfg(test)]
mod tests {
    use super::{FREE, Key, LONGEST_DELAY, MEMORY, NAMES_MAX, OF_TENANT, Throttle, delay};
    use jiff::{SignedDuration, Timestamp};
    use portcullis_policy::id::TenantId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn key(name: &str) -> Key {
        Key::new(Some(&TenantId::new("acme").unwrap()), name)
    }

    fn fail(throttle: &mut Throttle, key: &Key, now: Timestamp) {
        throttle.admit(key, now).unwrap();
        throttle.failed(key, now);
    }

    /// A throttle in which a name has used up what is free.
    fn tired(name: &str) -> Throttle {
        let mut throttle = Throttle::default();
        (0..FREE).for_each(|_| fail(&mut throttle, &key(name), at(0)));
        throttle
    }

    #[test]
    fn after_five_failures_one_waits_twice_as_long_each_time() {
        let mut throttle = tired("Ann");
        let ann = key("ann ");
        let (mut now, mut waits) = (0, Vec::new());
        while waits.len() < 12 {
            match throttle.admit(&ann, at(now)) {
                Err(wait) => {
                    waits.push(wait.seconds);
                    now += i64::try_from(wait.seconds).unwrap();
                    assert!(throttle.admit(&ann, at(now - 1)).is_err());
                }
                Ok(()) => throttle.failed(&ann, at(now)),
            }
        }
        let wanted = [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900];
        assert_eq!(waits, wanted);
        assert!(
            throttle.admit(&key("bob"), at(0)).is_ok(),
            "others do not wait"
        );
    }

    #[test]
    fn the_wait_never_falls_and_never_overflows() {
        let delays: Vec<SignedDuration> = (0..200).map(delay).collect();
        assert!(delays.is_sorted());
        assert_eq!(delay(u32::MAX), LONGEST_DELAY);
        assert_eq!(delay(FREE - 1), SignedDuration::ZERO);
    }

    #[test]
    fn a_success_forgives() {
        let mut throttle = tired("ann");
        throttle.admit(&key("ann"), at(2)).unwrap();
        throttle.succeeded(&key("ann"), at(2));
        for _ in 0..FREE {
            fail(&mut throttle, &key("ann"), at(2));
        }
        assert!(throttle.admit(&key("ann"), at(2)).is_err());
    }

    #[test]
    fn many_attempts_at_once_are_no_way_around() {
        let mut throttle = Throttle::default();
        let admitted = (0..100).filter(|_| throttle.admit(&key("ann"), at(0)).is_ok());
        assert_eq!(admitted.count(), FREE as usize);
    }

    #[test]
    fn what_did_not_take_place_is_no_failure() {
        let mut throttle = Throttle::default();
        for _ in 0..1_000 {
            throttle.admit(&key("ann"), at(0)).unwrap();
            throttle.withdrawn(&key("ann"), at(0));
        }
        assert!(throttle.names.is_empty());
    }

    #[test]
    fn a_tenants_failures_are_counted_together_for_a_minute() {
        let mut throttle = Throttle::default();
        for n in 0..OF_TENANT {
            fail(&mut throttle, &key(&n.to_string()), at(10));
        }
        let wait = throttle.admit(&key("ann"), at(20)).unwrap_err();
        assert_eq!(wait.seconds, 50);
        let other = Key::new(Some(&TenantId::new("globex").unwrap()), "ann");
        assert!(throttle.admit(&other, at(20)).is_ok());
        assert!(throttle.admit(&Key::new(None, "ann"), at(20)).is_ok());
        assert!(throttle.admit(&key("ann"), at(70)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let mut throttle = tired("ann");
        let wait = throttle.admit(&key("ann"), at(-10_000)).unwrap_err();
        assert_eq!(wait.seconds, 2);
        assert!(throttle.admit(&key("ann"), at(-9_998)).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_who_fails_most_is_remembered() {
        let mut throttle = tired("ann");
        for n in 0..NAMES_MAX + 50 {
            // A minute apart, so that the tenant's own limit is never met.
            let now = at((i64::try_from(n).unwrap() / 60 + 1) * 61);
            fail(&mut throttle, &key(&format!("guess {n}")), now);
        }
        assert_eq!(throttle.names.len(), NAMES_MAX);
        assert!(throttle.names.contains_key(&key("ann")));
        let late = at(MEMORY.as_secs() * 2);
        throttle.make_room(&key("new"), late);
        assert!(
            throttle.names.is_empty(),
            "old failures are forgotten first"
        );
    }
}
