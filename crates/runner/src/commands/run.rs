//! Runs one command, and watches it from outside.

mod watch;

use super::{Ports, Settings, credential};
use crate::{
    frame::{FIRST_LINE_MAX_BYTES, FirstLine, framed},
    plan::{Plan, Wall},
    rooms::{HOME, Place},
    stream::Teller,
};
use portcullis_firewall::{
    live::Stream,
    order::Order,
    outside::{Exit, Heard, Launch, Running, Variable},
};
use portcullis_policy::id::SessionId;
use std::{collections::BTreeSet, fmt};
use watch::{Next, Watch};

/// How a command ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum How {
    /// It was never started.
    NotRun(String),
    /// By itself, with this code.
    Code(i32),
    /// By this signal, which the gate did not send.
    Signal(i32),
    /// The gate ended it.
    Stopped(String),
    /// Nobody can tell.
    Lost(String),
}

impl How {
    /// The code that it ended with by itself.
    pub(super) const fn code(&self) -> Option<i32> {
        match self {
            Self::Code(code) => Some(*code),
            _ => None,
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRun(why) => write!(f, "was not run: {why}"),
            Self::Code(code) => write!(f, "ended with code {code}"),
            Self::Signal(signal) => write!(f, "was ended by signal {signal}"),
            Self::Stopped(why) => write!(f, "was stopped, since {why}"),
            Self::Lost(why) => write!(f, "was lost sight of: {why}"),
        }
    }
}

/// One command of an order.
#[derive(Debug)]
pub(super) struct Run<'c> {
    pub(super) settings: &'c Settings,
    pub(super) walls: &'c BTreeSet<Wall>,
    pub(super) ports: &'c Ports,
    pub(super) order: &'c Order,
    pub(super) session: &'c SessionId,
    pub(super) stdin: &'c [u8],
}

impl Run<'_> {
    /// Runs it to its end.
    ///
    /// Fails closed: without its room, its walls or its credential it is not run.
    pub(super) async fn through(&self, argv: &[String], teller: &mut Teller) -> How {
        let place = match self.ports.rooms.enter(&self.order.tenant, self.session) {
            Ok(place) => place,
            Err(fault) => return How::NotRun(fault.to_string()),
        };
        let running = match self.launch(argv, &place).await {
            Ok(running) => running,
            Err(why) => return How::NotRun(why),
        };
        let live = self.order.live.clone();
        let mut watch = Watch::new(running, self.settings, (&place, live));
        if let Err(how) = raised(&mut watch, teller).await {
            return how;
        }
        hear(&mut watch, teller).await
    }

    async fn launch(&self, argv: &[String], place: &Place) -> Result<Box<dyn Running>, String> {
        if !watch::has_space(&place.room, self.settings.spare_bytes) {
            return Err("the disk is full".to_owned());
        }
        let launch = self.composed(argv, place)?;
        let begun = self.ports.launcher.launch(launch).await;
        begun.map_err(|error| error.to_string())
    }

    /// Everything that is known before it starts.
    fn composed(&self, argv: &[String], place: &Place) -> Result<Launch, String> {
        let plan = self.plan(argv, place);
        plan.check().map_err(|fault| fault.to_string())?;
        let own = plan.own_path();
        let dress = match &self.order.lease {
            Some(lease) => credential::dress(lease, &own)?,
            None => credential::Dress::default(),
        };
        let mut variables = self.variables(&plan)?;
        variables.extend(dress.variables);
        let plan = serde_json::to_vec(&plan).map_err(|error| error.to_string())?;
        Ok(Launch {
            command: self.settings.launcher.clone(),
            input: [framed(&plan), framed(self.stdin)].concat(),
            variables,
            folder: own,
            files: dress.files,
            owner: place.user,
        })
    }

    fn plan(&self, argv: &[String], place: &Place) -> Plan {
        Plan {
            walls: self.walls.clone(),
            room: place.room.clone(),
            home: HOME.into(),
            own: place.own.clone(),
            user: place.user,
            argv: argv.to_vec(),
            read: self.settings.read.clone(),
            run_own: self.settings.run_own,
            network: self.settings.network.clone(),
            limits: self.settings.limits,
        }
    }

    /// The environment without a credential, all of it.
    fn variables(&self, plan: &Plan) -> Result<Vec<(String, Variable)>, String> {
        let path = |path: std::path::PathBuf| {
            let text = path.into_os_string().into_string();
            text.map_err(|_| "the room's path is no text".to_owned())
        };
        let variables = [
            ("PATH", self.settings.path.clone()),
            ("HOME", path(plan.home_path())?),
            ("TMPDIR", path(plan.own_path().join("tmp"))?),
            ("LANG", "C.UTF-8".to_owned()),
            ("TERM", "dumb".to_owned()),
        ];
        let plain = |(name, value): (&str, String)| (name.to_owned(), Variable::Plain(value));
        Ok(variables.into_iter().map(plain).collect())
    }
}

/// Waits for the launcher's first line. What comes behind it is the command's.
async fn raised(watch: &mut Watch<'_>, teller: &mut Teller) -> Result<(), How> {
    let mut said = Vec::new();
    loop {
        match watch.next().await {
            Next::Heard(Heard::Out(bytes)) => said.extend(bytes),
            // Nobody but the launcher can have said it; it says what matters in its first line.
            Next::Heard(Heard::Err(_)) => {}
            Next::Heard(Heard::Ended(_)) => return Err(refused(&said)),
            Next::Lost(why) => return Err(How::Lost(why)),
        }
        if let Some(end) = said.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = said.split_at(end);
            if !matches!(serde_json::from_slice(line), Ok(FirstLine::Raised)) {
                return Err(refused(&said));
            }
            teller.said(Stream::Out, rest.get(1..).unwrap_or_default());
            return Ok(());
        }
        if said.len() > FIRST_LINE_MAX_BYTES {
            return Err(refused(&said));
        }
    }
}

/// Why the walls do not stand.
fn refused(said: &[u8]) -> How {
    let line = said.split(|byte| *byte == b'\n').next().unwrap_or_default();
    How::NotRun(match serde_json::from_slice(line) {
        Ok(FirstLine::Refused {
            wall: Some(wall),
            why,
        }) => {
            let wall = wall.as_str();
            format!("the wall `{wall}` cannot be raised: {why}")
        }
        Ok(FirstLine::Refused { wall: None, why }) => format!("no walls: {why}"),
        Ok(FirstLine::Raised) | Err(_) => "the walls were not raised".to_owned(),
    })
}

/// Hears the command to its end.
async fn hear(watch: &mut Watch<'_>, teller: &mut Teller) -> How {
    loop {
        match watch.next().await {
            Next::Heard(Heard::Out(bytes)) => teller.said(Stream::Out, &bytes),
            Next::Heard(Heard::Err(bytes)) => teller.said(Stream::Err, &bytes),
            Next::Heard(Heard::Ended(exit)) => {
                return match (watch.stopped(), exit) {
                    (Some(why), _) => How::Stopped(why),
                    (None, Exit::Code(code)) => How::Code(code),
                    (None, Exit::Signal(signal)) => How::Signal(signal),
                };
            }
            Next::Lost(why) => return How::Lost(why),
        }
    }
}
