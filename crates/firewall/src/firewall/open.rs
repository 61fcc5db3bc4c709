//! Opening the gate over a ledger, and making tenants.

use super::{Firewall, Way};
use crate::{
    driver::{self, News, Outlet},
    error::GateError,
    house::House,
    key::{Directory, Key, Token},
    lane::{Job, Lane},
    ports::{Ledger, LedgerError},
    principal::Role,
    settings::{Settings, Tenant},
    showcase::Showcase,
    state::State,
    turn::NewKey,
};
use arc_swap::ArcSwap;
use portcullis_policy::id::TenantId;
use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc};
use tokio::sync::{Semaphore, oneshot, watch};

/// What the person is called with whom a tenant begins, until they say otherwise.
const FIRST_ARCHITECT: &str = "first-architect";

/// How many holds are looked at at once; the others wait their turn.
const LOOKS: usize = 8;

/// Starts a lane's loop in the background; the app knows how.
pub type Spawn = Arc<dyn Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync>;

/// What the gate needs from the world.
#[derive(Clone)]
pub struct Ports {
    /// The durable memory.
    pub ledger: Arc<dyn Ledger>,
    /// Time, randomness and the gate's key.
    pub house: House,
    /// Starts background work.
    pub spawn: Spawn,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports")
            .field("ledger", &self.ledger)
            .finish_non_exhaustive()
    }
}

/// A tenant that was just made, with its first architect's token.
#[derive(Debug)]
pub struct NewTenant {
    /// The tenant.
    pub tenant: Tenant,
    /// The first architect's key.
    pub key: Key,
    /// Its token, shown once.
    pub token: Token,
    /// The first architect's invitation, good once.
    pub invitation: Token,
}

impl Firewall {
    /// Opens the gate: reads every tenant's image and starts its lane.
    ///
    /// # Errors
    /// [`GateError::Unavailable`] when the ledger is away or holds something unreadable.
    pub async fn open(ports: Ports) -> Result<Self, GateError> {
        let firewall = Self {
            ledger: Arc::clone(&ports.ledger),
            house: ports.house,
            directory: Arc::new(ArcSwap::from_pointee(Directory::default())),
            lanes: Arc::new(ArcSwap::from_pointee(HashMap::new())),
            spawn: super::Spawner(ports.spawn),
            screens: super::screening::Screens::default(),
            hands: Arc::default(),
            looks: Arc::new(Semaphore::new(LOOKS)),
            servers: super::servers::Servers::default(),
            issuers: super::leases::Issuers::default(),
            rooms: super::leases::Lodging::default(),
            purse: super::purse::Purse::default(),
            news: Arc::new(watch::channel(0).0),
        };
        for tenant in ports.ledger.tenants().await? {
            let state = State::read(&*ports.ledger, &tenant, 0).await?;
            firewall.start(state);
            firewall
                .for_the_doors(&tenant, |turn| turn.give_tokens_people())
                .await?;
        }
        Ok(firewall)
    }

    /// Makes a tenant with its first architect.
    ///
    /// # Errors
    /// [`GateError::Conflict`] when there is such a tenant already.
    pub async fn create_tenant(&self, id: TenantId, name: &str) -> Result<NewTenant, GateError> {
        if self.lanes.load().contains_key(&id) {
            return Err(GateError::conflict(
                "tenant.exists",
                format!("`{id}` exists already"),
            ));
        }
        let tenant = Tenant {
            id,
            name: name.to_owned(),
            created_at: crate::moment::milliseconds(self.house.clock.now()),
            settings: Settings::default(),
            acknowledged_seq: 0,
            broken_at: None,
        };
        let mut lane = Lane::new(State::empty(tenant.clone())?, self.house.clone());
        let (tell, told) = oneshot::channel();
        let job = Job::new(
            |turn| {
                turn.found("portcullis")?;
                let (key, token) =
                    turn.introduce("portcullis", NewKey::of(FIRST_ARCHITECT, Role::Architect))?;
                let (_, invitation) = turn.invite_first(&key)?;
                Ok((key, token, invitation))
            },
            move |answer| drop(tell.send(answer)),
        );
        let (batch, tells) = lane.take([job]);
        // A tenant without an architect would be nobody's for ever.
        let written = if lane.is_stale() {
            Err(LedgerError::Unavailable("a batch was given up".to_owned()))
        } else {
            self.ledger.commit(batch).await
        };
        lane.end(written, tells);
        let (key, token, invitation) = told
            .await
            .map_err(|_| GateError::Unavailable("the tenant was not made".to_owned()))??;
        self.start(lane.into_state());
        Ok(NewTenant {
            tenant,
            key,
            token,
            invitation,
        })
    }

    /// Every tenant, in order.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantId> {
        let mut tenants: Vec<TenantId> = self.lanes.load().keys().cloned().collect();
        tenants.sort();
        tenants
    }

    fn start(&self, state: State) {
        let tenant = state.tenant.id.clone();
        let roster = state.roster();
        self.servers.show(&tenant, super::Stock::of(&state));
        self.directory.rcu(|directory| {
            let mut directory = Directory::clone(directory);
            directory.admit_all(&tenant, state.head.seq, &roster);
            directory
        });
        let (queue, jobs) = driver::queue();
        let lane = Lane::new(state, self.house.clone());
        let news = News {
            own: Arc::new(watch::channel(0).0),
            all: Arc::clone(&self.news),
        };
        let outlet = Outlet {
            ledger: Arc::clone(&self.ledger),
            news,
            showcase: Showcase::default(),
        };
        let way = Way {
            queue,
            news: Arc::clone(&outlet.news.own),
            showcase: outlet.showcase.clone(),
        };
        outlet.showcase.show(&lane.state().tools);
        (self.spawn.0)(Box::pin(driver::drive(lane, jobs, outlet)));
        self.lanes.rcu(|lanes| {
            let mut lanes = HashMap::clone(lanes);
            lanes.insert(tenant.clone(), way.clone());
            lanes
        });
    }
}
