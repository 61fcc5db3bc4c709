//! What every command that changes a vault or a registry has in common.

use super::{
    ground::{ChainArgs, Ground},
    hand::KeyArgs,
};
use crate::output::Output;
use clap::Args;
use portcullis_evm::{Address, bindings::Vault, errand::Errand, names::Names, survey::Survey};

/// A vault, and the key that it is changed with.
#[derive(Args, Debug)]
pub(super) struct Change {
    /// The vault.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) vault: Address,
    #[command(flatten)]
    pub(super) chain: ChainArgs,
    #[command(flatten)]
    pub(super) key: KeyArgs,
}

/// A vault that is looked at.
#[derive(Args, Debug)]
pub(super) struct Look {
    /// The vault.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) vault: Address,
    /// The number of the block; the newest unless told otherwise.
    #[arg(long, value_name = "NUMBER")]
    pub(super) block: Option<u64>,
    #[command(flatten)]
    pub(super) chain: ChainArgs,
}

/// A registry, and the key that it is changed with.
#[derive(Args, Debug)]
pub(super) struct Keeping {
    /// The registry, unless a deployment says where it is.
    #[arg(long, value_name = "ADDRESS")]
    registry: Option<Address>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// Which contract of a vault is called.
#[derive(Clone, Copy, Debug)]
enum Place {
    Vault,
    Logic,
    Escrow,
}

impl Change {
    /// Does something at the vault's manager contract.
    pub(super) async fn at_logic(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Names) -> Errand,
    ) -> anyhow::Result<u8> {
        self.does(output, Place::Logic, errand).await
    }

    /// Does something at the vault itself.
    pub(super) async fn at_vault(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Names) -> Errand,
    ) -> anyhow::Result<u8> {
        self.does(output, Place::Vault, errand).await
    }

    /// Does something at the escrow of the vault.
    pub(super) async fn at_escrow(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Names) -> Errand,
    ) -> anyhow::Result<u8> {
        self.does(output, Place::Escrow, errand).await
    }

    /// Does something that depends on how the vault stands now.
    pub(super) async fn after_a_look(
        self,
        output: Output,
        errand: impl FnOnce(&Survey) -> Errand,
    ) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let hand = self.key.open(&ground, output)?;
        let survey = ground.asker().await?.survey(self.vault).await?;
        hand.does(&errand(&survey)).await
    }

    async fn does(
        self,
        output: Output,
        place: Place,
        errand: impl FnOnce(Address, &Names) -> Errand,
    ) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let hand = self.key.open(&ground, output)?;
        let mut asker = ground.asker().await?;
        let at = match place {
            Place::Vault => self.vault,
            Place::Logic => asker.must(self.vault, &Vault::logicCall {}).await?,
            Place::Escrow => asker.must(self.vault, &Vault::escrowCall {}).await?,
        };
        hand.does(&errand(at, &named(&ground, self.vault))).await
    }
}

/// What addresses are called where one of them is the vault that it is about.
fn named(ground: &Ground, vault: Address) -> Names {
    Names {
        vault,
        ..ground.names.clone()
    }
}

impl Look {
    /// What the vault is, and where it was asked.
    pub(super) async fn survey(self) -> anyhow::Result<(Ground, Survey, u64)> {
        let ground = self.chain.open().await?;
        let mut asker = ground.asker_at(self.block).await?;
        let survey = asker.survey(self.vault).await?;
        let block = asker.snapshot().block().number;
        Ok((ground, survey, block))
    }
}

impl Keeping {
    /// Does something at the registry.
    pub(super) async fn does(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Ground) -> anyhow::Result<Errand>,
    ) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let registry = ground.part(self.registry, "GuardRegistry")?;
        let errand = errand(registry, &ground)?;
        let hand = self.key.open(&ground, output)?;
        hand.does(&errand).await
    }
}
