//! A node of a chain, asked over JSON-RPC.
//!
//! Source: Ethereum JSON-RPC specification (execution APIs); EIP-1898 for asking after a block by its hash.

mod parsed;

use crate::{
    names::foreign,
    snapshot::{Account, Block, Log, Missing},
    source::{Found, Receipt, Source, SourceError},
};
use alloy_primitives::{Address, B256, Bytes, hex};
use parsed::Parsed;
use portcullis_firewall::{
    outside::{Courier, Credential, Method, OutsideError, Parcel, Reach},
    ports::Doing,
    strict,
};
use serde_json::{Value, json};
use std::sync::Arc;

type Told<T> = Result<T, SourceError>;

/// Something that a contract noted, and in which transaction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// What it noted.
    pub log: Log,
    /// The transaction.
    pub transaction: B256,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Carries the questions.
    pub courier: Arc<dyn Courier>,
    /// Where it is.
    pub url: String,
    /// How it is greeted.
    pub credential: Option<Credential>,
    /// Where its address may lead.
    pub reach: Reach,
}

impl Node {
    /// Asks something.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn ask(&self, method: &str, params: Value) -> Told<Value> {
        let wish = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let parcel = Parcel {
            method: Method::Post,
            url: self.url.clone(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: wish.to_string().into_bytes(),
            credential: self.credential.clone(),
            reach: self.reach,
        };
        let delivery = self
            .courier
            .send(parcel)
            .await
            .map_err(|error| outside(&error))?;
        answer(&delivery.body)
    }

    /// A block by its number.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn block(&self, number: u64) -> Told<Block> {
        let number = format!("0x{number:x}");
        let found = self
            .ask("eth_getBlockByNumber", json!([number, false]))
            .await?;
        if found.is_null() {
            return Err(SourceError::Unusable("there is no such block".to_owned()));
        }
        Parsed(&found).block()
    }

    /// What a contract noted from one block to another, both included.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn notes(&self, contract: Address, (from, to): (u64, u64)) -> Told<Vec<Note>> {
        let asked = json!([{
            "address": contract,
            "fromBlock": format!("0x{from:x}"),
            "toBlock": format!("0x{to:x}"),
        }]);
        let found = self.ask("eth_getLogs", asked).await?;
        let notes = Parsed(&found).items()?.map(|item| {
            Ok(Note {
                log: item.log()?,
                transaction: item.member("transactionHash")?.hash()?,
            })
        });
        notes.collect()
    }

    /// The calldata of a mined transaction, and whom it calls; nothing for a new contract.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn calldata(&self, hash: B256) -> Told<Option<(Address, Bytes)>> {
        let found = self.ask("eth_getTransactionByHash", json!([hash])).await?;
        let found = Parsed(&found);
        let to = found.member("to")?;
        if to.0.is_null() {
            return Ok(None);
        }
        Ok(Some((to.address()?, found.member("input")?.bytes()?)))
    }

    async fn account(&self, block: &Block, address: Address) -> Told<Account> {
        let at = at(block);
        let balance = self.ask("eth_getBalance", json!([address, at])).await?;
        let nonce = self.ask("eth_getTransactionCount", json!([address, at]));
        let nonce = nonce.await?;
        let code = self.ask("eth_getCode", json!([address, at])).await?;
        Ok(Account {
            balance: Parsed(&balance).word()?,
            nonce: Parsed(&nonce).number()?,
            code: Parsed(&code).bytes()?,
        })
    }
}

/// By its hash, and only while the chain goes through it.
fn at(block: &Block) -> Value {
    json!({"blockHash": block.hash, "requireCanonical": true})
}

fn answer(body: &[u8]) -> Told<Value> {
    let unusable = |why: String| SourceError::Unusable(why);
    let limits = strict::Limits::default();
    let value = strict::parse(body, &limits).map_err(|error| unusable(error.to_string()))?;
    let Value::Object(mut members) = value else {
        return Err(unusable("it is no object".to_owned()));
    };
    if members.get("id") != Some(&json!(1)) {
        return Err(unusable("it answers another question".to_owned()));
    }
    match (members.remove("result"), members.remove("error")) {
        (_, Some(Value::Object(error))) => {
            let code = error.get("code").and_then(Value::as_i64);
            let message = error.get("message").and_then(Value::as_str);
            let message = foreign(message.unwrap_or_default());
            Err(SourceError::Refused(code.unwrap_or_default(), message))
        }
        (Some(result), None | Some(Value::Null)) => Ok(result),
        _ => Err(unusable("it is neither result nor error".to_owned())),
    }
}

fn outside(error: &OutsideError) -> SourceError {
    let why = error.to_string();
    match error {
        OutsideError::Unanswered { .. } => SourceError::Unanswered(why),
        OutsideError::Unusable { .. } => SourceError::Unusable(why),
        OutsideError::Forbidden { .. }
        | OutsideError::Unreachable { .. }
        | OutsideError::NoSecret(_) => SourceError::Unreachable(why),
    }
}

impl Source for Node {
    fn chain_id(&self) -> Doing<'_, Told<u64>> {
        Box::pin(async { Parsed(&self.ask("eth_chainId", json!([])).await?).number() })
    }

    fn head(&self) -> Doing<'_, Told<Block>> {
        Box::pin(async {
            let asked = self.ask("eth_getBlockByNumber", json!(["latest", false]));
            Parsed(&asked.await?).block()
        })
    }

    fn find<'a>(&'a self, block: &'a Block, missing: Missing) -> Doing<'a, Told<Found>> {
        Box::pin(async move {
            match missing {
                Missing::Account(address) => self.account(block, address).await.map(Found::Account),
                Missing::Slot(address, slot) => {
                    let slot = B256::from(slot);
                    let asked = self.ask("eth_getStorageAt", json!([address, slot, at(block)]));
                    Parsed(&asked.await?).word().map(Found::Slot)
                }
                Missing::Hash(number) => {
                    let number = format!("0x{number:x}");
                    let asked = self.ask("eth_getBlockByNumber", json!([number, false]));
                    let found = asked.await?;
                    Parsed(&found).member("hash")?.hash().map(Found::Hash)
                }
            }
        })
    }

    fn next_nonce(&self, account: Address) -> Doing<'_, Told<u64>> {
        Box::pin(async move {
            let asked = self.ask("eth_getTransactionCount", json!([account, "pending"]));
            Parsed(&asked.await?).number()
        })
    }

    fn send<'a>(&'a self, raw: &'a [u8]) -> Doing<'a, Told<()>> {
        Box::pin(async move {
            let raw = hex::encode_prefixed(raw);
            let asked = self.ask("eth_sendRawTransaction", json!([raw]));
            Parsed(&asked.await?).hash().map(|_| ())
        })
    }

    fn receipt(&self, hash: B256) -> Doing<'_, Told<Option<Receipt>>> {
        Box::pin(async move {
            let found = self.ask("eth_getTransactionReceipt", json!([hash])).await?;
            if found.is_null() {
                return Ok(None);
            }
            let found = Parsed(&found);
            if found.member("transactionHash")?.hash()? != hash {
                let why = "it is about another transaction".to_owned();
                return Err(SourceError::Unusable(why));
            }
            Ok(Some(Receipt {
                success: found.member("status")?.number()? == 1,
                block: found.member("blockNumber")?.number()?,
                gas_used: found.member("gasUsed")?.number()?,
                gas_price: found.member("effectiveGasPrice")?.wide()?,
                logs: found
                    .member("logs")?
                    .items()?
                    .map(Parsed::log)
                    .collect::<Told<_>>()?,
            }))
        })
    }
}
