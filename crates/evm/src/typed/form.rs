//! The members of typed data, each of them known.

use super::{
    Permit, PermitDetails, PermitSingle, PermitTransferFrom, TokenPermissions, TypedError, domain,
};
use alloy_primitives::{Address, U256, aliases::U48, ruint::UintTryTo};
use alloy_sol_types::Eip712Domain;
use serde_json::{Map, Value};

type Read<T> = Result<T, TypedError>;

/// A type: its name, and the types and names of its members.
type Type = (&'static str, &'static [(&'static str, &'static str)]);

const DOMAIN: Type = (
    "EIP712Domain",
    &[
        ("string", "name"),
        ("string", "version"),
        ("uint256", "chainId"),
        ("address", "verifyingContract"),
    ],
);
const DOMAIN_OF_PERMIT2: Type = (
    "EIP712Domain",
    &[
        ("string", "name"),
        ("uint256", "chainId"),
        ("address", "verifyingContract"),
    ],
);
const PERMIT: Type = (
    "Permit",
    &[
        ("address", "owner"),
        ("address", "spender"),
        ("uint256", "value"),
        ("uint256", "nonce"),
        ("uint256", "deadline"),
    ],
);
const DETAILS: Type = (
    "PermitDetails",
    &[
        ("address", "token"),
        ("uint160", "amount"),
        ("uint48", "expiration"),
        ("uint48", "nonce"),
    ],
);
const SINGLE: Type = (
    "PermitSingle",
    &[
        ("PermitDetails", "details"),
        ("address", "spender"),
        ("uint256", "sigDeadline"),
    ],
);
const PERMISSIONS: Type = (
    "TokenPermissions",
    &[("address", "token"), ("uint256", "amount")],
);
const TRANSFER: Type = (
    "PermitTransferFrom",
    &[
        ("TokenPermissions", "permitted"),
        ("address", "spender"),
        ("uint256", "nonce"),
        ("uint256", "deadline"),
    ],
);

/// Typed data whose types are known.
#[derive(Debug)]
pub(super) struct Form<'a> {
    primary: &'a str,
    domain: &'a Map<String, Value>,
    message: &'a Map<String, Value>,
}

impl<'a> Form<'a> {
    pub(super) fn read(data: &'a Value) -> Read<Self> {
        let whole = members(data, &["types", "primaryType", "domain", "message"])?;
        let primary = whole.get("primaryType").and_then(Value::as_str);
        let primary = primary.ok_or_else(|| bad("`primaryType` is no text"))?;
        let types: &[Type] = match primary {
            "Permit" => &[DOMAIN, PERMIT],
            "PermitSingle" => &[DOMAIN_OF_PERMIT2, DETAILS, SINGLE],
            "PermitTransferFrom" => &[DOMAIN_OF_PERMIT2, PERMISSIONS, TRANSFER],
            _ => return Err(bad("its primary type")),
        };
        let named: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
        let found = members(member(whole, "types")?, &named)?;
        for (name, fields) in types {
            must_be(member(found, name)?, fields)?;
        }
        let fields = |name: &str| {
            let found = types.iter().find(|(known, _)| *known == name);
            let fields = found.map_or(&[][..], |(_, fields)| *fields);
            fields.iter().map(|(_, name)| *name).collect::<Vec<_>>()
        };
        Ok(Self {
            primary,
            domain: members(member(whole, "domain")?, &fields("EIP712Domain"))?,
            message: members(member(whole, "message")?, &fields(primary))?,
        })
    }

    pub(super) const fn primary(&self) -> &'a str {
        self.primary
    }

    pub(super) fn domain(&self) -> Read<Eip712Domain> {
        let text = |name: &str| {
            let found = member(self.domain, name)?.as_str();
            found.map(str::to_owned).ok_or_else(|| bad(name))
        };
        let version = self.domain.contains_key("version");
        Ok(domain(
            text("name")?,
            version.then(|| text("version")).transpose()?,
            number(self.domain, "chainId")?,
            party(self.domain, "verifyingContract")?,
        ))
    }

    pub(super) fn permit(&self) -> Read<Permit> {
        let message = self.message;
        Ok(Permit {
            owner: party(message, "owner")?,
            spender: party(message, "spender")?,
            value: number(message, "value")?,
            nonce: number(message, "nonce")?,
            deadline: number(message, "deadline")?,
        })
    }

    pub(super) fn single(&self) -> Read<PermitSingle> {
        let names = ["token", "amount", "expiration", "nonce"];
        let details = members(member(self.message, "details")?, &names)?;
        let short = |name| -> Read<U48> {
            let number = number(details, name)?;
            number.uint_try_to().map_err(|_| bad(name))
        };
        Ok(PermitSingle {
            details: PermitDetails {
                token: party(details, "token")?,
                amount: number(details, "amount")?
                    .uint_try_to()
                    .map_err(|_| bad("amount"))?,
                expiration: short("expiration")?,
                nonce: short("nonce")?,
            },
            spender: party(self.message, "spender")?,
            sigDeadline: number(self.message, "sigDeadline")?,
        })
    }

    pub(super) fn transfer(&self) -> Read<PermitTransferFrom> {
        let permitted = members(member(self.message, "permitted")?, &["token", "amount"])?;
        Ok(PermitTransferFrom {
            permitted: TokenPermissions {
                token: party(permitted, "token")?,
                amount: number(permitted, "amount")?,
            },
            spender: party(self.message, "spender")?,
            nonce: number(self.message, "nonce")?,
            deadline: number(self.message, "deadline")?,
        })
    }
}

/// A type as typed data writes it, member by member.
fn must_be(found: &Value, fields: &[(&str, &str)]) -> Read<()> {
    let listed = found.as_array().map(Vec::as_slice).unwrap_or_default();
    let same = listed.len() == fields.len()
        && listed.iter().zip(fields).all(|(found, (kind, name))| {
            members(found, &["name", "type"]).is_ok_and(|found| {
                found.get("name").and_then(Value::as_str) == Some(name)
                    && found.get("type").and_then(Value::as_str) == Some(kind)
            })
        });
    if same { Ok(()) } else { Err(bad("its types")) }
}

/// An object with these members and no other.
fn members<'a>(value: &'a Value, names: &[&str]) -> Read<&'a Map<String, Value>> {
    let members = value.as_object().ok_or_else(|| bad("an object is none"))?;
    let strange = members.keys().any(|name| !names.contains(&name.as_str()));
    if strange || members.len() != names.len() {
        return Err(bad("its members"));
    }
    Ok(members)
}

fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Read<&'a Value> {
    members.get(name).ok_or_else(|| bad(name))
}

fn party(members: &Map<String, Value>, name: &str) -> Read<Address> {
    let text = member(members, name)?.as_str();
    let parsed = text.and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| bad(name))
}

/// A number, or the text of one, decimal or with `0x`.
fn number(members: &Map<String, Value>, name: &str) -> Read<U256> {
    let parsed = match member(members, name)? {
        Value::Number(number) => number.as_u64().map(U256::from),
        Value::String(text) => match text.strip_prefix("0x") {
            Some(digits) if !digits.is_empty() => U256::from_str_radix(digits, 16).ok(),
            Some(_) => None,
            None if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() => {
                U256::from_str_radix(text, 10).ok()
            }
            None => None,
        },
        _ => None,
    };
    parsed.ok_or_else(|| bad(name))
}

fn bad(what: &str) -> TypedError {
    TypedError::Form(what.to_owned())
}
