//! The gate as the doors see it: a cheap handle that brings every wish to the right lane.

mod act;
mod agents;
mod approvals;
mod attempts;
mod attend;
mod audit;
mod doing;
mod electors;
mod elevations;
mod entry;
mod evidence;
mod executions;
mod govern;
mod groups;
mod holds;
mod inbox;
mod janitor;
mod keys;
mod leases;
mod notices;
mod open;
mod overview;
mod own_credentials;
mod people;
mod permission_sets;
mod permits;
mod policies;
mod purse;
mod records;
mod rehearse;
mod replay;
mod rule_copies;
mod rules;
mod scopes;
mod screening;
mod seen;
mod servers;
mod sessions;
mod sights;
mod signing_in;
mod simulate;
mod standing;
mod telling;
mod tools;
mod violations;
mod workspaces;

pub use act::Acted;
pub use agents::AgentView;
pub use attend::{Attended, Met};
pub use audit::{ConsistencyProof, InclusionProof, Verification};
pub use electors::{Bar, Elector, Electors};
pub use evidence::{ActionEvidence, Evidence, RecordEvidence};
pub use inbox::{HoldEntry, Waiting};
pub use open::{NewTenant, Ports, Spawn};
pub use overview::{BudgetView, Overview};
pub use policies::PolicyView;
pub use replay::{Replay, ReplayedRecord};
pub use rule_copies::UnmadeCopy;
pub use screening::Screens;
pub use servers::Stock;
pub use sessions::Closing;
pub use signing_in::SignedIn;
pub use simulate::{Outlook, PolicyTest, Simulation};
pub use standing::{Explanation, Standing, Wish};
pub use telling::{Buttons, Posting};

use crate::{
    driver::{Count, Queue},
    error::GateError,
    hands::Hands,
    house::House,
    key::{Directory, Usage},
    lane::Job,
    ports::Ledger,
    principal::Principal,
    showcase::Showcase,
    turn::Turn,
};
use arc_swap::ArcSwap;
use portcullis_policy::id::TenantId;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{Semaphore, oneshot};

/// The gate. Clones share it.
#[derive(Clone, Debug)]
pub struct Firewall {
    ledger: Arc<dyn Ledger>,
    house: House,
    directory: Arc<ArcSwap<Directory>>,
    lanes: Arc<ArcSwap<HashMap<TenantId, Way>>>,
    spawn: Spawner,
    screens: Screens,
    hands: Arc<ArcSwap<Hands>>,
    /// Bounds how many holds are looked at at once.
    looks: Arc<Semaphore>,
    servers: servers::Servers,
    issuers: leases::Issuers,
    rooms: leases::Lodging,
    /// The credentials that this gate has in its hands.
    purse: purse::Purse,
    /// Changes whenever something became durable.
    news: Count,
}

/// The way to a lane, and the news from it.
#[derive(Clone, Debug)]
struct Way {
    queue: Queue,
    news: Count,
    showcase: Showcase,
}

#[derive(Clone)]
struct Spawner(Spawn);

impl std::fmt::Debug for Spawner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spawner")
    }
}

impl Firewall {
    /// Who a token belongs to; `None` for a malformed, unknown, revoked or expired one.
    #[must_use]
    pub fn authenticate(&self, token: &str) -> Option<Principal> {
        self.shown(token, Usage::Token)
    }

    fn shown(&self, token: &str, usage: Usage) -> Option<Principal> {
        let now = self.house.clock.now();
        self.directory.load().principal(token, usage, now)
    }

    /// Does something for a caller in a turn of its tenant's lane, and answers when it is durable.
    ///
    /// *Fails closed:* a key that was revoked or ended while the call waited is nobody's.
    async fn on_lane<T, W>(&self, principal: &Principal, work: W) -> Result<T, GateError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
    {
        self.in_turn(&principal.tenant, while_live(principal, work))
            .await
    }

    /// As [`Self::on_lane`], for what changes who may get in: every door knows before this returns.
    async fn at_the_doors<T, W>(&self, principal: &Principal, work: W) -> Result<T, GateError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
    {
        self.for_the_doors(&principal.tenant, while_live(principal, work))
            .await
    }

    /// As [`Self::at_the_doors`], for who is not signed in yet.
    async fn for_the_doors<T, W>(&self, tenant: &TenantId, work: W) -> Result<T, GateError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
    {
        let work = move |turn: &mut Turn<'_>| {
            let answer = work(turn)?;
            Ok((answer, turn.state.head.seq, turn.roster()))
        };
        let (answer, seq, roster) = self.in_turn(tenant, work).await?;
        self.directory.rcu(|directory| {
            let mut directory = Directory::clone(directory);
            directory.admit_all(tenant, seq, &roster);
            directory
        });
        Ok(answer)
    }

    /// Does something in a turn of a tenant's lane, and answers when it is durable.
    async fn in_turn<T, W>(&self, tenant: &TenantId, work: W) -> Result<T, GateError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
    {
        let away = || GateError::Unavailable("the tenant's lane has stopped".to_owned());
        let (tell, told) = oneshot::channel();
        let job = Job::new(work, move |answer| {
            // Whoever asked may have gone away; what was done stays done.
            let _ = tell.send(answer);
        });
        {
            let lanes = self.lanes.load();
            let queue = lanes
                .get(tenant)
                .ok_or_else(|| GateError::NotFound("tenant", tenant.to_string()))?
                .queue
                .clone();
            drop(lanes);
            queue.send(job).await.map_err(|_| away())?;
        }
        told.await.map_err(|_| away())?
    }
}

/// Work for a caller, who must still be who the door took them for when its turn comes.
fn while_live<T, W>(
    principal: &Principal,
    work: W,
) -> impl FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static + use<T, W>
where
    T: Send + 'static,
    W: FnOnce(&mut Turn<'_>) -> Result<T, GateError> + Send + 'static,
{
    let caller = principal.clone();
    move |turn: &mut Turn<'_>| {
        turn.must_be_live(&caller)?;
        work(turn)
    }
}
