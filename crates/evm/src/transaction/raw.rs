//! The bytes of transactions.

use super::{Fees, Transaction, TransactionError};
use crate::rlp::{self, Item, list, put, put_number};
use alloy_primitives::{Address, B256, Bytes, Signature, U256};

type Read<T> = Result<T, TransactionError>;

/// What is hashed to be signed.
pub(super) fn unsigned(transaction: &Transaction) -> Vec<u8> {
    let mut content = fields(transaction);
    if transaction.kind() == 0 {
        // EIP-155: the chain and two empty places stand where the signature will.
        put_number(&transaction.chain_id.to_be_bytes(), &mut content);
        put(&[], &mut content);
        put(&[], &mut content);
    }
    typed(transaction.kind(), &list(&content))
}

/// What is sent.
pub(super) fn signed(transaction: &Transaction, signature: &Signature) -> Vec<u8> {
    let mut content = fields(transaction);
    let parity = u64::from(signature.v());
    let v = match transaction.kind() {
        0 => u128::from(transaction.chain_id) * 2 + 35 + u128::from(parity),
        _ => u128::from(parity),
    };
    put_number(&v.to_be_bytes(), &mut content);
    put_number(&signature.r().to_be_bytes::<32>(), &mut content);
    put_number(&signature.s().to_be_bytes::<32>(), &mut content);
    typed(transaction.kind(), &list(&content))
}

fn typed(kind: u8, list: &[u8]) -> Vec<u8> {
    let mark = (kind != 0).then_some(kind);
    mark.into_iter().chain(list.iter().copied()).collect()
}

fn fields(transaction: &Transaction) -> Vec<u8> {
    let mut out = Vec::with_capacity(transaction.data.len() + 160);
    if transaction.kind() != 0 {
        put_number(&transaction.chain_id.to_be_bytes(), &mut out);
    }
    put_number(&transaction.nonce.to_be_bytes(), &mut out);
    match transaction.fees {
        Fees::Legacy { gas_price } | Fees::Listed { gas_price } => {
            put_number(&gas_price.to_be_bytes(), &mut out)
        }
        Fees::Dynamic { most, priority } => {
            put_number(&priority.to_be_bytes(), &mut out);
            put_number(&most.to_be_bytes(), &mut out);
        }
    }
    put_number(&transaction.gas_limit.to_be_bytes(), &mut out);
    put(
        transaction.to.as_ref().map_or(&[], |to| to.as_slice()),
        &mut out,
    );
    put_number(&transaction.value.to_be_bytes::<32>(), &mut out);
    put(&transaction.data, &mut out);
    if transaction.kind() != 0 {
        out.extend(access(&transaction.access_list));
    }
    out
}

fn access(items: &[(Address, Vec<B256>)]) -> Vec<u8> {
    let mut content = Vec::new();
    for (address, keys) in items {
        let mut item = Vec::new();
        put(address.as_slice(), &mut item);
        let mut words = Vec::new();
        for key in keys {
            put(key.as_slice(), &mut words);
        }
        item.extend(list(&words));
        content.extend(list(&item));
    }
    list(&content)
}

/// A transaction, still without its sender, and its signature.
pub(super) fn read(bytes: &[u8]) -> Read<(Transaction, Signature)> {
    match bytes.split_first() {
        Some((0xc0..=0xff, _)) => legacy(items(bytes)?),
        Some((1, rest)) => modern(items(rest)?, false),
        Some((2, rest)) => modern(items(rest)?, true),
        Some((kind, _)) => Err(TransactionError::Kind(*kind)),
        None => Err(TransactionError::Form),
    }
}

fn items(bytes: &[u8]) -> Read<Vec<Item<'_>>> {
    match rlp::read(bytes) {
        Some(Item::List(items)) => Ok(items),
        _ => Err(TransactionError::Form),
    }
}

fn legacy(items: Vec<Item<'_>>) -> Read<(Transaction, Signature)> {
    let items: [Item<'_>; 9] = items.try_into().map_err(|_| TransactionError::Form)?;
    let [nonce, gas_price, gas, to, value, data, v, r, s] = items;
    let v = number(&v)?;
    let v = v.checked_sub(35).ok_or(TransactionError::Unbound)?;
    let transaction = Transaction {
        chain_id: fit(v / 2)?,
        from: Address::ZERO,
        nonce: fit(number(&nonce)?)?,
        to: destination(&to)?,
        value: word(&value)?,
        data: Bytes::copy_from_slice(plain(&data)?),
        gas_limit: fit(number(&gas)?)?,
        fees: Fees::Legacy {
            gas_price: number(&gas_price)?,
        },
        access_list: Vec::new(),
    };
    Ok((
        transaction,
        Signature::new(word(&r)?, word(&s)?, v % 2 == 1),
    ))
}

fn modern(items: Vec<Item<'_>>, dynamic: bool) -> Read<(Transaction, Signature)> {
    let mut items = items.into_iter();
    let mut next = || items.next().ok_or(TransactionError::Form);
    let (chain, nonce) = (number(&next()?)?, number(&next()?)?);
    let fees = if dynamic {
        let (priority, most) = (number(&next()?)?, number(&next()?)?);
        Fees::Dynamic { most, priority }
    } else {
        let gas_price = number(&next()?)?;
        Fees::Listed { gas_price }
    };
    let gas = number(&next()?)?;
    let (to, value, data, access) = (next()?, next()?, next()?, next()?);
    let (parity, r, s) = (number(&next()?)?, word(&next()?)?, word(&next()?)?);
    if parity > 1 || next().is_ok() {
        return Err(TransactionError::Form);
    }
    let transaction = Transaction {
        chain_id: fit(chain)?,
        from: Address::ZERO,
        nonce: fit(nonce)?,
        to: destination(&to)?,
        value: word(&value)?,
        data: Bytes::copy_from_slice(plain(&data)?),
        gas_limit: fit(gas)?,
        fees,
        access_list: touched(&access)?,
    };
    Ok((transaction, Signature::new(r, s, parity == 1)))
}

fn touched(item: &Item<'_>) -> Read<Vec<(Address, Vec<B256>)>> {
    let Item::List(items) = item else {
        return Err(TransactionError::Form);
    };
    let one = |item: &Item<'_>| match item {
        Item::List(pair) => match pair.as_slice() {
            [address, Item::List(keys)] => {
                let address = Address::try_from(plain(address)?);
                let keys = keys.iter().map(|key| {
                    let key = B256::try_from(plain(key)?);
                    key.map_err(|_| TransactionError::Form)
                });
                let keys: Read<Vec<B256>> = keys.collect();
                Ok((address.map_err(|_| TransactionError::Form)?, keys?))
            }
            _ => Err(TransactionError::Form),
        },
        Item::Bytes(_) => Err(TransactionError::Form),
    };
    items.iter().map(one).collect()
}

fn plain<'a>(item: &Item<'a>) -> Read<&'a [u8]> {
    match item {
        Item::Bytes(bytes) => Ok(bytes),
        Item::List(_) => Err(TransactionError::Form),
    }
}

fn number(item: &Item<'_>) -> Read<u128> {
    rlp::number(plain(item)?).ok_or(TransactionError::Form)
}

fn fit(number: u128) -> Read<u64> {
    u64::try_from(number).map_err(|_| TransactionError::Form)
}

fn word(item: &Item<'_>) -> Read<U256> {
    let bytes = plain(item)?;
    if bytes.first() == Some(&0) {
        return Err(TransactionError::Form);
    }
    U256::try_from_be_slice(bytes).ok_or(TransactionError::Form)
}

fn destination(item: &Item<'_>) -> Read<Option<Address>> {
    match plain(item)? {
        [] => Ok(None),
        bytes => {
            let address = Address::try_from(bytes);
            Ok(Some(address.map_err(|_| TransactionError::Form)?))
        }
    }
}
