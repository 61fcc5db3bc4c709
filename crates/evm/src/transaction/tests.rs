use super::{Fees, Transaction, TransactionError};
use alloy_primitives::{Address, B256, Bytes, U256, address, hex};

/// The example of EIP-155, signed with the key of 32 times 0x46.
const EIP_155: [u8; 110] = hex!(
    "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
);

#[test]
fn the_example_of_eip_155_is_read_and_written() {
    let found = Transaction::read(&EIP_155).expect("a transaction");
    let sender = address!("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F");
    assert_eq!((found.chain_id, found.nonce, found.from), (1, 9, sender));
    let hash = hex!("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    assert_eq!(found.signing_hash(), B256::from(hash));
}

#[test]
fn any_other_way_to_write_it_is_refused() {
    for at in 0..EIP_155.len() {
        for bit in 0..8 {
            let mut bytes = EIP_155;
            *bytes.get_mut(at).expect("a byte") ^= 1 << bit;
            // Whatever is read from other bytes is another transaction.
            if let Ok(other) = Transaction::read(&bytes) {
                let one = Transaction::read(&EIP_155).expect("a transaction");
                assert_ne!(other, one, "byte {at}, bit {bit}");
            }
        }
    }
    let longer = [EIP_155.as_slice(), &[0]].concat();
    assert_eq!(Transaction::read(&longer), Err(TransactionError::Form));
    assert_eq!(Transaction::read(&[]), Err(TransactionError::Form));
    assert_eq!(
        Transaction::read(&[3, 0xc0]),
        Err(TransactionError::Kind(3))
    );
}

#[test]
fn the_signature_of_somebody_else_is_not_used() {
    let transaction = Transaction {
        chain_id: 1,
        from: Address::repeat_byte(1),
        nonce: 0,
        to: None,
        value: U256::ZERO,
        data: Bytes::new(),
        gas_limit: 21_000,
        fees: Fees::Dynamic {
            most: 2,
            priority: 1,
        },
        access_list: vec![(Address::ZERO, vec![B256::ZERO])],
    };
    let signed = transaction.signed(&[1; 65]);
    assert_eq!(signed, Err(TransactionError::Signature));
}
