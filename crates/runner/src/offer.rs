//! Which walls this machine offers, found out by raising them.

use crate::{
    frame::{FIRST_LINE_MAX_BYTES, FirstLine, framed},
    plan::{Limits, Network, Plan, Wall},
    rooms::{HOME, Place, Rooms},
};
use portcullis_firewall::outside::{Exit, Heard, Launch, Launcher, Running, Variable};
use portcullis_policy::id::{SessionId, TenantId};
use std::collections::{BTreeMap, BTreeSet};

/// A program that every system has, and that does nothing.
const NOTHING: &str = "true";

/// Which walls can be raised here, and why the others cannot.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Offer {
    lacking: BTreeMap<Wall, String>,
}

impl Offer {
    /// An offer without these walls.
    #[must_use]
    pub fn without(lacking: BTreeMap<Wall, String>) -> Self {
        Self { lacking }
    }

    /// Raises every wall around a program that does nothing; those that cannot be raised are left
    /// out one by one until it runs.
    ///
    /// `launcher` is the command that starts the launcher: this binary and
    /// [`walls::KEEPER`](crate::walls::KEEPER). `rooms` is where it is tried.
    ///
    /// # Errors
    /// When nothing can be tried at all, for people.
    pub async fn look(
        port: &dyn Launcher,
        launcher: &[String],
        rooms: &Rooms,
    ) -> Result<Self, String> {
        let (tenant, session) = nobody()?;
        let port_rooms: &dyn portcullis_firewall::ports::Rooms = rooms;
        port_rooms.open(&tenant, &session).await?;
        let looked = look_in(port, launcher, rooms, (&tenant, &session)).await;
        port_rooms.clear(&tenant, &session).await?;
        looked
    }

    /// Whether a wall can be raised.
    #[must_use]
    pub fn has(&self, wall: Wall) -> bool {
        !self.lacking.contains_key(&wall)
    }

    /// Why a wall cannot be raised; `None` when it can.
    #[must_use]
    pub fn lacks(&self, wall: Wall) -> Option<&str> {
        self.lacking.get(&wall).map(String::as_str)
    }

    /// The walls for a command: every one that is offered, and every one that is required, offered
    /// or not.
    pub(crate) fn walls(&self, required: &BTreeSet<Wall>, network: &Network) -> BTreeSet<Wall> {
        let offered = Wall::ALL.into_iter().filter(|wall| self.has(*wall));
        let mut walls: BTreeSet<Wall> = offered.chain(Wall::ALWAYS).collect();
        walls.extend(required);
        match network {
            Network::None => {}
            Network::Ports { .. } => {
                walls.remove(&Wall::Network);
                walls.insert(Wall::Ports);
            }
        }
        let needed: Vec<Wall> = walls
            .iter()
            .flat_map(|wall| wall.needs())
            .copied()
            .collect();
        walls.extend(needed);
        walls
    }
}

/// Whose room it is tried in: an id that no tenant is given.
fn nobody() -> Result<(TenantId, SessionId), String> {
    let tenant = TenantId::new("@").map_err(|error| error.to_string())?;
    let session = SessionId::new("offer").map_err(|error| error.to_string())?;
    Ok((tenant, session))
}

async fn look_in(
    port: &dyn Launcher,
    launcher: &[String],
    rooms: &Rooms,
    (tenant, session): (&TenantId, &SessionId),
) -> Result<Offer, String> {
    let mut offer = Offer::default();
    let mut walls: BTreeSet<Wall> = Wall::ALL.into();
    loop {
        let place = rooms
            .enter(tenant, session)
            .map_err(|fault| fault.to_string())?;
        match try_out(port, launcher, &place, &walls).await? {
            FirstLine::Raised => return Ok(offer),
            FirstLine::Refused { wall: None, why } => return Err(why),
            FirstLine::Refused {
                wall: Some(wall),
                why,
            } => {
                if !walls.remove(&wall) || Wall::ALWAYS.contains(&wall) {
                    return Err(format!("{}: {why}", wall.as_str()));
                }
                offer.lacking.insert(wall, why);
                drop_dependents(&mut walls, &mut offer);
            }
        }
    }
}

fn drop_dependents(walls: &mut BTreeSet<Wall>, offer: &mut Offer) {
    while let Some((wall, missing)) = walls.iter().find_map(|wall| {
        let missing = wall.needs().iter().find(|needed| !walls.contains(needed))?;
        Some((*wall, *missing))
    }) {
        walls.remove(&wall);
        let why = format!("it stands on the wall `{}`", missing.as_str());
        offer.lacking.insert(wall, why);
    }
}

async fn try_out(
    port: &dyn Launcher,
    launcher: &[String],
    place: &Place,
    walls: &BTreeSet<Wall>,
) -> Result<FirstLine, String> {
    let plan = Plan {
        walls: walls.clone(),
        room: place.room.clone(),
        home: HOME.into(),
        own: place.own.clone(),
        user: place.user,
        argv: vec![NOTHING.to_owned()],
        read: Vec::new(),
        run_own: false,
        network: Network::None,
        limits: Limits::default(),
    };
    let plan = serde_json::to_vec(&plan).map_err(|error| error.to_string())?;
    let path = (
        "PATH".to_owned(),
        Variable::Plain("/usr/bin:/bin".to_owned()),
    );
    let launch = Launch {
        command: launcher.to_vec(),
        input: [framed(&plan), framed(b"")].concat(),
        variables: vec![path],
        folder: place.room.join(&place.own),
        files: Vec::new(),
        owner: place.user,
    };
    let running = port
        .launch(launch)
        .await
        .map_err(|error| error.to_string())?;
    first_line(running).await
}

/// The launcher's first line. Where the walls stand, the program behind them must have run, too.
async fn first_line(mut running: Box<dyn Running>) -> Result<FirstLine, String> {
    let (mut said, mut complaint) = (Vec::new(), Vec::new());
    let exit = loop {
        match running.next().await.map_err(|error| error.to_string())? {
            Heard::Out(bytes) => said.extend(bytes),
            Heard::Err(bytes) => complaint.extend(bytes),
            Heard::Ended(exit) => break exit,
        }
        if said.len().max(complaint.len()) > FIRST_LINE_MAX_BYTES {
            return Err("the launcher says too much".to_owned());
        }
    };
    let line = said.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = serde_json::from_slice(line);
    match line.map_err(|_| "the launcher does not answer".to_owned())? {
        FirstLine::Raised if exit != Exit::Code(0) => {
            let why = String::from_utf8_lossy(&complaint);
            Err(format!("nothing runs behind the walls: {}", why.trim()))
        }
        line => Ok(line),
    }
}
