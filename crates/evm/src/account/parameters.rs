//! The parameters of an action, and back: what is signed is made from them alone.

use crate::transaction::{Fees, Transaction};
use alloy_primitives::{Address, Bytes, U256, hex};
use portcullis_firewall::outside::Misfit;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What an action says of a transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// The chain's id.
    pub(super) chain_id: u64,
    /// Who sends it.
    pub(super) from: String,
    /// Whom it calls.
    pub(super) to: String,
    /// With what.
    pub(super) data: String,
    /// The most gas.
    pub(super) gas: u64,
    /// What is paid for it.
    pub(super) fees: Price,
    /// The nonce, when the program chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<u64>,
    /// The whole, when it was signed elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<String>,
    /// What it does, in words.
    pub(super) words: Vec<String>,
    /// The functions that the vault calls, and where.
    pub(super) calls: Vec<Called>,
    /// What leaves the vault, in USD; nothing when it cannot be priced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) usd: Option<f64>,
    /// By how much the vault is worth less afterwards, in USD.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) estimated_cost_usd: Option<f64>,
    /// Whether two sources agreed on the state, or one alone said so.
    pub(super) state: String,
}

/// What is paid for gas, in wei for each unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Price {
    /// The most.
    pub(super) most: String,
    /// The tip; none for one price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) priority: Option<String>,
}

/// A call that the vault makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Called {
    /// Whom.
    pub(super) to: String,
    /// The function; nothing when it is not understood.
    pub(super) function: Option<String>,
}

impl Price {
    pub(super) fn of(fees: Fees) -> Self {
        let (most, priority) = match fees {
            Fees::Legacy { gas_price } | Fees::Listed { gas_price } => (gas_price, None),
            Fees::Dynamic { most, priority } => (most, Some(priority)),
        };
        Self {
            most: most.to_string(),
            priority: priority.map(|priority| priority.to_string()),
        }
    }

    fn fees(&self) -> Option<Fees> {
        let most = self.most.parse().ok()?;
        Some(match &self.priority {
            None => Fees::Legacy { gas_price: most },
            Some(priority) => Fees::Dynamic {
                most,
                priority: priority.parse().ok()?,
            },
        })
    }
}

impl Parameters {
    /// Reads them.
    pub(super) fn read(parameters: &Map<String, Value>) -> Result<Self, String> {
        Self::deserialize(Value::Object(parameters.clone())).map_err(|error| error.to_string())
    }

    /// The transaction, with a nonce.
    pub(super) fn transaction(&self, nonce: u64) -> Result<Transaction, String> {
        if let Some(raw) = &self.raw {
            let bytes = hex::decode(raw).map_err(|error| error.to_string())?;
            return Transaction::read(&bytes).map_err(|error| error.to_string());
        }
        let odd = |what: &str| format!("`{what}` is not valid");
        Ok(Transaction {
            chain_id: self.chain_id,
            from: self.from.parse().map_err(|_| odd("from"))?,
            nonce: self.nonce.unwrap_or(nonce),
            to: Some(self.to.parse().map_err(|_| odd("to"))?),
            value: U256::ZERO,
            data: self.data.parse().map_err(|_| odd("data"))?,
            gas_limit: self.gas,
            fees: self.fees.fees().ok_or_else(|| odd("fees"))?,
            access_list: Vec::new(),
        })
    }
}

/// What a program wants to have sent (`eth_sendTransaction`).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sending {
    pub(super) from: Option<Address>,
    pub(super) to: Option<Address>,
    pub(super) data: Bytes,
    pub(super) value: U256,
    pub(super) gas: Option<u64>,
    pub(super) gas_price: Option<u128>,
    pub(super) most: Option<u128>,
    pub(super) priority: Option<u128>,
    pub(super) nonce: Option<u64>,
    pub(super) chain_id: Option<u64>,
}

impl Sending {
    /// Reads it strictly: a field that is not known might mean something.
    pub(super) fn read(fields: &Map<String, Value>) -> Result<Self, Misfit> {
        let mut sending = Self::default();
        let mut data: Option<Bytes> = None;
        for (name, value) in fields {
            if value.is_null() {
                continue;
            }
            let odd = || misfit("rpc.params", format!("`{name}` is not valid"));
            let text = value.as_str().ok_or_else(odd);
            match name.as_str() {
                "from" => sending.from = Some(text?.parse().map_err(|_| odd())?),
                "to" => sending.to = Some(text?.parse().map_err(|_| odd())?),
                "data" | "input" => {
                    let bytes: Bytes = text?.parse().map_err(|_| odd())?;
                    if data.as_ref().is_some_and(|other| *other != bytes) {
                        let why = "`data` and `input` say different things";
                        return Err(misfit("rpc.params", why));
                    }
                    data = Some(bytes);
                }
                "value" => sending.value = quantity(text?).ok_or_else(odd)?,
                "gas" => sending.gas = Some(fit(text?).ok_or_else(odd)?),
                "gasPrice" => sending.gas_price = Some(fit(text?).ok_or_else(odd)?),
                "maxFeePerGas" => sending.most = Some(fit(text?).ok_or_else(odd)?),
                "maxPriorityFeePerGas" => sending.priority = Some(fit(text?).ok_or_else(odd)?),
                "nonce" => sending.nonce = Some(fit(text?).ok_or_else(odd)?),
                "chainId" => sending.chain_id = Some(fit(text?).ok_or_else(odd)?),
                "type" if ["0x0", "0x2"].contains(&text?) => {}
                "accessList" if value.as_array().is_some_and(Vec::is_empty) => {}
                _ => return Err(odd()),
            }
        }
        sending.data = data.unwrap_or_default();
        Ok(sending)
    }
}

/// A quantity as Ethereum's JSON-RPC writes it: no leading zeros.
fn quantity(text: &str) -> Option<U256> {
    let digits = text.strip_prefix("0x")?;
    let canonical = digits == "0" || !digits.starts_with('0');
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !canonical || !plain {
        return None;
    }
    U256::from_str_radix(digits, 16).ok()
}

fn fit<T: TryFrom<U256>>(text: &str) -> Option<T> {
    T::try_from(quantity(text)?).ok()
}

/// A wish that is no action.
pub(super) fn misfit(code: &str, why: impl Into<String>) -> Misfit {
    Misfit {
        code: code.to_owned(),
        rule: None,
        argument: None,
        why: why.into(),
    }
}
