//! Trying an errand on live state before anybody signs it: exactly the bytes, with exactly their gas.

use super::Errand;
use crate::{
    pilot::{FlightError, Pilot},
    preflight::reverted,
    rules::Denial,
    snapshot::{Block, End, Run, Snapshot},
    transaction::{Fees, Transaction},
};
use alloy_primitives::{Address, U256};

/// The most gas that is tried.
const GAS_TRIED: u64 = 16_000_000;
/// The tip for each unit of gas, in wei.
const TIP: u128 = 1_000_000_000;

/// What came of trying.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The very transaction that would be signed.
    pub transaction: Transaction,
    /// The block that it ran on top of.
    pub block: Block,
    /// What it would do, or why it would not.
    pub ending: Result<Run, Denial>,
}

impl Pilot {
    /// Tries an errand on the newest block, in the name of an account.
    ///
    /// # Errors
    /// [`FlightError`]; what the contracts refuse is none. [`FlightError::Invalid`] while another
    /// transaction of the account waits to be mined.
    pub async fn try_out(&self, from: Address, errand: &Errand) -> Result<Trial, FlightError> {
        let mut snapshot = self.begin().await?;
        let nonce = self.nonce(&mut snapshot, from).await?;
        if self.sources.first.next_nonce(from).await? != nonce {
            let why = "another transaction of this account waits to be mined".to_owned();
            return Err(FlightError::Invalid(why));
        }
        let base = u128::from(snapshot.block().base_fee);
        let mut transaction = Transaction {
            chain_id: self.chain.id,
            from,
            nonce,
            to: errand.to,
            value: U256::ZERO,
            data: errand.data.clone(),
            gas_limit: GAS_TRIED.min(snapshot.block().gas_limit),
            // How much gas it takes is found out at the lowest price: not every account could pay for all.
            fees: Fees::Legacy { gas_price: base },
            access_list: Vec::new(),
        };
        let run = self.run(&mut snapshot, &transaction).await?;
        let block = snapshot.block().clone();
        if let Err(denial) = ended(&run) {
            return Ok(Trial {
                transaction,
                block,
                ending: Err(denial),
            });
        }
        let most = transaction.gas_limit;
        transaction.fees = Fees::Dynamic {
            most: base.saturating_mul(2).saturating_add(TIP),
            priority: TIP,
        };
        let used = run.gas_used;
        let mut limit = used.saturating_add(used / 3).saturating_add(20_000);
        // Some contracts want more at hand than they use; it is known to go through with the most.
        loop {
            transaction.gas_limit = limit.min(most);
            let trial = self.tried(&mut snapshot, transaction.clone()).await?;
            if trial.ending.is_ok() || limit >= most {
                return Ok(trial);
            }
            limit = limit.saturating_mul(2);
        }
    }

    /// Tries the same transaction once more, on the block that is the newest now.
    ///
    /// # Errors
    /// As [`Pilot::try_out`].
    pub async fn try_again(&self, transaction: &Transaction) -> Result<Trial, FlightError> {
        let mut snapshot = self.begin().await?;
        self.tried(&mut snapshot, transaction.clone()).await
    }

    async fn tried(
        &self,
        snapshot: &mut Snapshot,
        transaction: Transaction,
    ) -> Result<Trial, FlightError> {
        let run = self.run(snapshot, &transaction).await?;
        Ok(Trial {
            block: snapshot.block().clone(),
            ending: ended(&run).map(|()| run),
            transaction,
        })
    }

    async fn run(
        &self,
        snapshot: &mut Snapshot,
        transaction: &Transaction,
    ) -> Result<Run, FlightError> {
        self.ask(snapshot, |snapshot| snapshot.run(transaction))
            .await
    }
}

/// Why a run did not get through.
fn ended(run: &Run) -> Result<(), Denial> {
    match &run.end {
        End::Success(_) => Ok(()),
        End::Revert(bytes) => Err(reverted::read(bytes)),
        End::Halt(why) => Err(Denial::new(
            "preflight.halted",
            "run",
            format!("the machine stops it: {why}"),
        )),
    }
}
