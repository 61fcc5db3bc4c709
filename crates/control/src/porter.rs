//! Whoever has no credential yet: checks passwords, without being kept busy or guessed at.

use crate::throttle::{Key, Throttle};
use axum::http::StatusCode;
use jiff::Timestamp;
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    error::GateError,
    firewall::{Firewall, SignedIn},
    password::{NewPassword, PasswordCheck, Verified},
    principal::Principal,
};
use portcullis_policy::id::TenantId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    task::spawn_blocking,
};

/// The longest name or mail address that anybody signs in by, in bytes.
const NAME_MAX_BYTES: usize = 254;
/// How many passwords are worked on at once.
const AT_ONCE: usize = 2;
/// How many others wait for that.
const WAITING: usize = 64;
/// When it is worth another try when too many wait, in seconds.
const BUSY_SECONDS: u64 = 2;

/// The one who lets people in by password, at every door of the gate. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Porter {
    firewall: Firewall,
    desk: Arc<Desk>,
}

#[derive(Debug)]
struct Desk {
    throttle: Mutex<Throttle>,
    /// Who works or waits.
    room: Semaphore,
    work: Arc<Semaphore>,
}

/// What somebody gets who has shown their password.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum For {
    /// A token for a header.
    Program,
    /// A secret for a cookie.
    Browser,
}

impl Porter {
    /// A porter of a gate. The doors of one gate share one, or guessing at one door would not
    /// count at the other.
    #[must_use]
    pub fn new(firewall: Firewall) -> Self {
        let desk = Desk {
            throttle: Mutex::default(),
            room: Semaphore::new(AT_ONCE.saturating_add(WAITING)),
            work: Arc::new(Semaphore::new(AT_ONCE)),
        };
        Self {
            firewall,
            desk: Arc::new(desk),
        }
    }

    /// The gate.
    pub(crate) const fn firewall(&self) -> &Firewall {
        &self.firewall
    }

    /// Signs somebody in by name, or mail address, and password.
    ///
    /// *Fails closed:* a tenant or name that does not exist is answered as a wrong password is, as
    /// late, and counts as much.
    ///
    /// # Errors
    /// 401; 422 for a name that is too long; 429 after too many failures; 503 when too many wait.
    pub(crate) async fn sign_in(
        &self,
        tenant: &TenantId,
        name: &str,
        password: String,
        purpose: For,
    ) -> Result<SignedIn, Refusal> {
        // Names are remembered while they fail: a long one must not cost memory.
        if name.len() > NAME_MAX_BYTES {
            let message = format!("has at most {NAME_MAX_BYTES} bytes");
            return Err(Refusal::invalid("name", message));
        }
        let _place = self.place()?;
        let known = self.firewall.tenants().contains(tenant);
        let key = Key::new(known.then_some(tenant), name);
        self.throttle()
            .admit(&key, self.now())
            .map_err(|wait| too_often(wait.seconds))?;
        let check = if known {
            self.firewall.password_check(tenant, name).await
        } else {
            Ok(PasswordCheck::of_nobody())
        };
        let answer = match check {
            Ok(check) => {
                self.verified(known.then_some(tenant), check, password, purpose)
                    .await
            }
            Err(error) => Err(error.into()),
        };
        let now = self.now();
        match &answer {
            Ok(_) => self.throttle().succeeded(&key, now),
            Err(refusal) if refusal.status() == StatusCode::UNAUTHORIZED => {
                self.throttle().failed(&key, now);
            }
            Err(_) => self.throttle().withdrawn(&key, now),
        }
        answer
    }

    async fn verified(
        &self,
        tenant: Option<&TenantId>,
        check: PasswordCheck,
        password: String,
        purpose: For,
    ) -> Result<SignedIn, Refusal> {
        let verified: Verified = self.work(move || check.verify(&password)).await?;
        let tenant = tenant.ok_or_else(Refusal::unauthenticated)?;
        let signed_in = match purpose {
            For::Program => self.firewall.token_by_password(tenant, verified).await,
            For::Browser => self.firewall.sign_in_by_password(tenant, verified).await,
        };
        Ok(signed_in?)
    }

    /// Whether somebody who is signed in knows their password; `None` when they have none.
    ///
    /// # Errors
    /// 429 after too many failures; 503 when too many wait.
    pub(crate) async fn shown(
        &self,
        caller: &Principal,
        password: String,
    ) -> Result<Option<Verified>, Refusal> {
        let _place = self.place()?;
        let Some(check) = self.firewall.own_password_check(caller).await? else {
            return Ok(None);
        };
        // A stolen sign-in must not be a way to guess the password behind it.
        let key = Key::new(Some(&caller.tenant), &caller.actor());
        self.throttle()
            .admit(&key, self.now())
            .map_err(|wait| too_often(wait.seconds))?;
        let verified = self.work(move || check.verify(&password)).await?;
        let now = self.now();
        if verified.is_right() {
            self.throttle().succeeded(&key, now);
        } else {
            self.throttle().failed(&key, now);
        }
        Ok(Some(verified))
    }

    /// Hashes a new password of somebody who is known.
    ///
    /// # Errors
    /// 422 for a bad password; 503 when too many wait.
    pub(crate) async fn new_password(
        &self,
        caller: &Principal,
        password: String,
    ) -> Result<NewPassword, Refusal> {
        let _place = self.place()?;
        let (firewall, caller) = (self.firewall.clone(), caller.clone());
        let hash = move || firewall.new_password(&caller, &password);
        Ok(self.work(hash).await??)
    }

    /// Does slow work beside everything else, in its turn.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turns = Arc::clone(&self.desk.work);
        let turn = turns.acquire_owned().await.map_err(|_| busy())?;
        // Whoever goes away leaves the work behind: the turn ends with the work, not with them.
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        // What broke it off may say what it had in its hands.
        spawn_blocking(work).await.map_err(|_| {
            tracing::error!("work on a password broke off");
            Refusal::internal()
        })
    }

    /// A place among those who work or wait.
    fn place(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.desk.room.try_acquire().map_err(|_| busy())
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        // Each change of it is whole: a panic elsewhere leaves nothing half done.
        self.desk
            .throttle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.firewall.now()
    }
}

fn busy() -> Refusal {
    let message = "too many people sign in at this moment; retry soon";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "gate.busy", message)
        .with_retry_after(BUSY_SECONDS)
}

fn too_often(seconds: u64) -> Refusal {
    let message = "too many failed attempts to sign in; retry later";
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate.limited", message).with_retry_after(seconds)
}

/// The tenant somebody means who names none: the only one there is.
///
/// # Errors
/// 422 when there are several.
pub(crate) fn tenant_meant(firewall: &Firewall, named: Option<&str>) -> Result<TenantId, Refusal> {
    if let Some(named) = named {
        return TenantId::new(named)
            .map_err(|error| GateError::invalid("tenant", error.to_string()).into());
    }
    let mut tenants = firewall.tenants().into_iter();
    match (tenants.next(), tenants.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(Refusal::invalid("tenant", "is required")),
    }
}
