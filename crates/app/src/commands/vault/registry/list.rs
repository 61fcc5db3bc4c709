//! `portcullis vault registry list`.

use crate::{
    commands::vault::{amount::moment, ground::ChainArgs},
    exit,
    output::{Output, table::Table},
};
use clap::Args;
use portcullis_evm::{
    Address,
    errand::registry::{Entry, Flags},
    listing::{Announced, Listing, Standing},
    names::Names,
};
use serde_json::{Value, json};

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    portcullis vault registry list --rpc https://base.example.com --deployment guards.json")]
pub(super) struct List {
    /// The registry, unless a deployment says where it is.
    #[arg(long, value_name = "ADDRESS")]
    registry: Option<Address>,
    /// The block in which the registry was created, unless a deployment says; what it noted is read from there on.
    #[arg(long, value_name = "NUMBER")]
    from_block: Option<u64>,
    #[command(flatten)]
    chain: ChainArgs,
}

impl List {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let registry = ground.part(self.registry, "GuardRegistry")?;
        let known = ground
            .record
            .as_ref()
            .and_then(|record| record.first_block());
        let from = self.from_block.or(known).unwrap_or_default();
        let mut asker = ground.asker().await?;
        let listing = Listing::read(&mut asker, &ground.node, registry, from).await?;
        let block = asker.snapshot().block().number;
        if output.is_json() {
            output.json(&shown(&listing, registry, block))?;
            return Ok(exit::OK);
        }
        output.raw(&facts(&listing, registry).render())?;
        output.raw(&format!("\n{}", entries(&listing, &ground.names).render()))?;
        if !listing.announced.is_empty() {
            output.raw(&format!(
                "\n{}",
                announced(&listing, &ground.names).render()
            ))?;
        }
        output.line(&format!(
            "\nat block {block} of chain {}; {}",
            ground.pilot.chain.id,
            ground.state()
        ))?;
        Ok(exit::OK)
    }
}

fn facts(listing: &Listing, registry: Address) -> Table {
    let mut table = Table::default().uncut();
    let (delay, grace) = listing.waits;
    table.push(["registry".to_owned(), registry.to_string()]);
    table.push(["owner".to_owned(), listing.owner.to_string()]);
    if !listing.next_owner.is_zero() {
        table.push(["offered to".to_owned(), listing.next_owner.to_string()]);
    }
    table.push(["guardian".to_owned(), listing.guardian.to_string()]);
    table.push([
        "additions".to_owned(),
        format!("wait {delay} seconds, and may then be finished for {grace}"),
    ]);
    table.push(["changes".to_owned(), listing.epoch.to_string()]);
    table
}

fn entries(listing: &Listing, names: &Names) -> Table {
    let headings = ["what", "address", "is", "by", "flags"];
    let mut table = Table::new(&headings, "nothing was ever listed");
    let mut row = |what: &str, who: String, is: &str, by: String, flags: String| {
        table.push([what.to_owned(), who, is.to_owned(), by, flags]);
    };
    let called = |address: &Address| {
        let name = names.places.get(address).cloned();
        name.unwrap_or_else(|| address.to_string())
    };
    for (address, standing) in &listing.destinations {
        match standing {
            Standing::Listed((guard, flags)) => {
                row(
                    "destination",
                    address.to_string(),
                    "listed",
                    called(guard),
                    words(*flags).join(", "),
                );
            }
            Standing::Closed(why) => row(
                "destination",
                address.to_string(),
                why,
                String::new(),
                String::new(),
            ),
        }
    }
    for (address, standing) in &listing.assets {
        match standing {
            Standing::Listed((feed, kind)) => {
                row(
                    "asset",
                    address.to_string(),
                    "listed",
                    called(feed),
                    format!("type {kind}"),
                );
            }
            Standing::Closed(why) => row(
                "asset",
                address.to_string(),
                why,
                String::new(),
                String::new(),
            ),
        }
    }
    for (kind, standing) in &listing.types {
        match standing {
            Standing::Listed(guard) => row(
                "type",
                kind.to_string(),
                "listed",
                called(guard),
                String::new(),
            ),
            Standing::Closed(why) => {
                row("type", kind.to_string(), why, String::new(), String::new())
            }
        }
    }
    table
}

fn words(flags: Flags) -> Vec<&'static str> {
    let all = [
        (flags.hooked, "hooked"),
        (flags.spender, "spender"),
        (flags.standing, "standing"),
    ];
    all.into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, word)| word)
        .collect()
}

fn announced(listing: &Listing, names: &Names) -> Table {
    let mut table = Table::new(&["announced", "from", "until"], "").uncut();
    for one in &listing.announced {
        let what = match &one.entry {
            Some(entry) => entry.words(names),
            None => format!("something under the name {}", one.subject),
        };
        table.push([what, moment(one.ready_at), moment(one.expires_at)]);
    }
    table
}

fn shown(listing: &Listing, registry: Address, block: u64) -> Value {
    let destinations = listing.destinations.iter().map(|(address, standing)| match standing {
        Standing::Listed((guard, flags)) => json!({
            "address": address.to_string(), "is": "listed", "guard": guard.to_string(), "flags": words(*flags),
        }),
        Standing::Closed(why) => json!({ "address": address.to_string(), "is": why }),
    });
    let assets = listing.assets.iter().map(|(address, standing)| match standing {
        Standing::Listed((feed, kind)) => json!({
            "address": address.to_string(), "is": "listed", "feed": feed.to_string(), "type": kind,
        }),
        Standing::Closed(why) => json!({ "address": address.to_string(), "is": why }),
    });
    let types = listing.types.iter().map(|(kind, standing)| match standing {
        Standing::Listed(guard) => {
            json!({ "type": kind, "is": "listed", "guard": guard.to_string() })
        }
        Standing::Closed(why) => json!({ "type": kind, "is": why }),
    });
    let (delay, grace) = listing.waits;
    json!({
        "registry": registry.to_string(),
        "block": block,
        "owner": listing.owner.to_string(),
        "next_owner": (!listing.next_owner.is_zero()).then(|| listing.next_owner.to_string()),
        "guardian": listing.guardian.to_string(),
        "delay_seconds": delay,
        "grace_seconds": grace,
        "epoch": listing.epoch,
        "destinations": destinations.collect::<Vec<_>>(),
        "assets": assets.collect::<Vec<_>>(),
        "types": types.collect::<Vec<_>>(),
        "announced": listing.announced.iter().map(awaited).collect::<Vec<_>>(),
    })
}

fn awaited(one: &Announced) -> Value {
    let what = one.entry.as_ref().map(|entry| match entry {
        Entry::Destination {
            address,
            guard,
            flags,
        } => json!({
            "destination": address.to_string(), "guard": guard.to_string(), "flags": words(*flags),
        }),
        Entry::Asset {
            address,
            feed,
            kind,
        } => json!({ "asset": address.to_string(), "feed": feed.to_string(), "type": kind }),
        Entry::Type { kind, guard } => json!({ "type": kind, "guard": guard.to_string() }),
    });
    json!({
        "subject": one.subject.to_string(),
        "what": what,
        "ready_at": one.ready_at,
        "expires_at": one.expires_at,
    })
}
