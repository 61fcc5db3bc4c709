//! Letters to people: to those who are asked about a hold, and of budgets and of credentials that may
//! live to those who are named.

use super::{
    channel::{Channel, NAME_RULE, Telling, Told, is_name},
    letter,
    link::ConsoleAddress,
    notice::Notice,
    progress::Progress,
    source::{Pending, Source},
    subject::Subject,
};
use portcullis_firewall::{
    batch::StoredRecord,
    hold::HoldStatus,
    outside::{Letter, Mailer},
    ports::Clock,
};
use portcullis_policy::{fault::Faults, id::TenantId};
use serde::Deserialize;
use std::{collections::BTreeSet, fmt::Debug, sync::Arc};

/// In a list of readers: whoever the hold asks.
const ASKED: &str = "asked";
/// The most entries of a list of readers.
const READERS_MAX: usize = 100;
/// The most readers of one letter.
const LETTER_READERS: usize = 50;

/// Who gets letters, as the gate's operator says. How they are sent is for the mailer to know.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// A short name; the channel's place in the chain is kept under it.
    pub name: String,
    /// Mail addresses, `person:<name>`, `group:<name>`, or `asked` for whoever a hold asks.
    #[serde(default = "asked")]
    pub to: Vec<String>,
}

fn asked() -> Vec<String> {
    vec![ASKED.to_owned()]
}

impl MailSettings {
    /// Everything that is wrong with these settings.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        if !is_name(&self.name) {
            faults.add("name", NAME_RULE);
        }
        if self.to.is_empty() || self.to.len() > READERS_MAX {
            faults.add("to", "expected 1 to 100 readers");
        }
        for (at, reader) in self.to.iter().enumerate() {
            if !(reader == ASKED || is_listed(reader) || is_address(reader)) {
                let rule = "expected a mail address, `person:<name>`, `group:<name>` or `asked`";
                faults.add(format!("to[{at}]"), rule);
            }
        }
        faults
    }
}

/// Whether a reader is to be looked up.
fn is_listed(reader: &str) -> bool {
    let name = reader
        .strip_prefix("person:")
        .or_else(|| reader.strip_prefix("group:"));
    name.is_some_and(|name| !name.is_empty())
}

/// Whether a text can be a mail address at all: one `@`, and nothing that could end a header or
/// add another reader (RFC 5321, 4.1.2, without its quoted form).
fn is_address(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>[\\]".contains(c);
    let Some((user, place)) = text.split_once('@') else {
        return false;
    };
    let whole = !user.is_empty() && !place.is_empty() && !place.contains('@');
    whole && text.len() <= 254 && text.chars().all(plain)
}

/// Knows where people's letters go.
pub trait AddressBook: Debug + Send + Sync {
    /// The mail addresses of people and groups, named as approver lists name them; of everybody
    /// who may decide this hold, when nobody is named. Who has no address is left out.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn addresses<'a>(
        &'a self,
        tenant: &'a TenantId,
        hold: &'a str,
        named: &'a [String],
    ) -> Pending<'a, Vec<String>>;

    /// The mail addresses of people and groups for what concerns the tenant as a whole.
    ///
    /// # Errors
    /// When the gate cannot answer now.
    fn named<'a>(&'a self, tenant: &'a TenantId, named: &'a [String]) -> Pending<'a, Vec<String>>;
}

/// What letters lean on.
#[derive(Clone, Debug)]
pub struct MailPorts {
    /// The gate.
    pub source: Arc<dyn Source>,
    /// Where people's letters go.
    pub addresses: Arc<dyn AddressBook>,
    /// Sends them.
    pub mailer: Arc<dyn Mailer>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Writes to people when a hold asks them, when a budget is nearly used up, and when a credential
/// could not be ended.
#[derive(Debug)]
pub struct Mail {
    settings: MailSettings,
    name: String,
    console: ConsoleAddress,
    ports: MailPorts,
    progress: Progress,
}

impl Mail {
    /// A channel to these readers.
    ///
    /// # Errors
    /// Everything that is wrong with the settings.
    pub fn new(
        settings: MailSettings,
        console: ConsoleAddress,
        ports: MailPorts,
    ) -> Result<Self, Faults> {
        settings.faults().or(())?;
        Ok(Self {
            name: format!("mail/{}", settings.name),
            settings,
            console,
            ports,
            progress: Progress::default(),
        })
    }

    /// Asks people about a hold.
    async fn ask(&self, tenant: &TenantId, notice: Notice) -> Result<(), Told> {
        let hold = notice.hold.as_deref().ok_or(Told::Passed)?;
        let outline = self.ports.source.outline(tenant, hold).await;
        let outline = outline.map_err(not_now)?.ok_or(Told::Passed)?;
        // Nobody is asked for what is decided already, or by now asks others.
        let waits = outline.status == HoldStatus::Held && outline.ends_at > self.ports.clock.now();
        if !waits || notice.level() != Some(u64::from(outline.level)) {
            return Err(Told::Passed);
        }
        let readers = self.readers(tenant, hold, &outline.asked).await?;
        let notice = notice.with(&outline);
        self.post(readers, |some| {
            letter::compose(&notice, &self.console, some)
        })
        .await
    }

    /// Tells those who are named: there is no hold that would ask anybody.
    async fn tell_named(
        &self,
        tenant: &TenantId,
        letter: impl Fn(Vec<String>) -> Letter,
    ) -> Result<(), Told> {
        let (named, mut readers) = self.split();
        let book = &self.ports.addresses;
        readers.extend(book.named(tenant, &named).await.map_err(not_now)?);
        readers.retain(|reader| is_address(reader));
        if readers.is_empty() {
            return Err(Told::Passed);
        }
        self.post(readers, letter).await
    }

    async fn post(
        &self,
        readers: BTreeSet<String>,
        letter: impl Fn(Vec<String>) -> Letter,
    ) -> Result<(), Told> {
        let readers: Vec<String> = readers.into_iter().collect();
        for some in readers.chunks(LETTER_READERS) {
            let posted = self.ports.mailer.post(letter(some.to_vec())).await;
            posted.map_err(|error| Told::failed(&error))?;
        }
        Ok(())
    }

    /// The readers that are to be looked up, and the addresses.
    fn split(&self) -> (Vec<String>, BTreeSet<String>) {
        let (mut named, mut readers) = (Vec::new(), BTreeSet::new());
        for reader in &self.settings.to {
            if is_listed(reader) {
                named.push(reader.clone());
            } else if reader != ASKED {
                readers.insert(reader.clone());
            }
        }
        (named, readers)
    }

    /// Everybody who is written to, each once.
    async fn readers(
        &self,
        tenant: &TenantId,
        hold: &str,
        asked: &[String],
    ) -> Result<BTreeSet<String>, Told> {
        let (named, mut readers) = self.split();
        let book = &self.ports.addresses;
        if self.settings.to.iter().any(|reader| reader == ASKED) {
            readers.extend(book.addresses(tenant, hold, asked).await.map_err(not_now)?);
        }
        if !named.is_empty() {
            readers.extend(
                book.addresses(tenant, hold, &named)
                    .await
                    .map_err(not_now)?,
            );
        }
        readers.retain(|reader| is_address(reader));
        if readers.is_empty() {
            return Err(Told::Never {
                why: "nobody who is asked has a mail address".to_owned(),
            });
        }
        Ok(readers)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the form that `map_err` asks for"
)]
fn not_now(error: portcullis_firewall::error::GateError) -> Told {
    let why = error.to_string();
    Told::Later { why, after: None }
}

impl Channel for Mail {
    fn name(&self) -> &str {
        &self.name
    }

    fn tell<'a>(&'a self, tenant: &'a TenantId, record: &'a StoredRecord) -> Telling<'a> {
        let write = move |notice: Notice| async move {
            let written = match notice.subject {
                Subject::BudgetWarning => {
                    self.tell_named(tenant, |some| letter::warn(&notice, some))
                        .await
                }
                Subject::LeaseUnended => match &notice.lease {
                    Some(lease) => {
                        self.tell_named(tenant, |some| letter::alarm(&notice, lease, some))
                            .await
                    }
                    None => return Told::Passed,
                },
                subject if subject.asks() => self.ask(tenant, notice).await,
                _ => return Told::Passed,
            };
            written.map_or_else(|told| told, |()| Told::Done)
        };
        Box::pin(self.progress.tell_all((tenant, record), write))
    }
}
