//! The examples of RFC 8949, appendix A, that are within what is read, and the rest as refusals.

use super::{CborError, MAX_BYTES, MAX_DEPTH, MAX_ITEMS, Value, read, read_first};
use proptest::prelude::*;

#[test]
fn the_examples_of_the_rfc_read_as_they_say() {
    let list = |numbers: &[i64]| Value::List(numbers.iter().copied().map(Value::Int).collect());
    for (bytes, value) in [
        (&[0x00][..], Value::Int(0)),
        (&[0x17], Value::Int(23)),
        (&[0x18, 0x18], Value::Int(24)),
        (&[0x19, 0x03, 0xe8], Value::Int(1_000)),
        (&[0x1a, 0x00, 0x0f, 0x42, 0x40], Value::Int(1_000_000)),
        (
            &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00],
            Value::Int(1_000_000_000_000),
        ),
        (&[0x20], Value::Int(-1)),
        (&[0x39, 0x03, 0xe7], Value::Int(-1_000)),
        (&[0xf4], Value::Bool(false)),
        (&[0xf5], Value::Bool(true)),
        (&[0xf6], Value::Null),
        (&[0x40], Value::Bytes(b"")),
        (&[0x44, 1, 2, 3, 4], Value::Bytes(&[1, 2, 3, 4])),
        (&[0x64, b'I', b'E', b'T', b'F'], Value::Text("IETF")),
        (&[0x62, 0xc3, 0xbc], Value::Text("ü")),
        (&[0x80], list(&[])),
        (&[0x83, 1, 2, 3], list(&[1, 2, 3])),
        (
            &[0xa2, 1, 2, 3, 4],
            Value::Map(vec![
                (Value::Int(1), Value::Int(2)),
                (Value::Int(3), Value::Int(4)),
            ]),
        ),
    ] {
        assert_eq!(read(bytes), Ok(value), "{bytes:02x?}");
    }
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    for (bytes, error) in [
        (&[][..], CborError::Short),
        (&[0x00, 0x00], CborError::Trailing),
        (&[0x18], CborError::Short),
        (&[0x18, 0x17], CborError::Long),
        (&[0x19, 0x00, 0xff], CborError::Long),
        (&[0x58, 0x01, 0x00], CborError::Long),
        (&[0x42, 0x00], CborError::Short),
        (&[0x62, 0xc3, 0x28], CborError::Encoding),
        // Lengths that are not said first.
        (&[0x5f, 0x41, 0x01, 0xff], CborError::Kind),
        (&[0x9f, 0xff], CborError::Kind),
        (&[0xbf, 0xff], CborError::Kind),
        // A tag, half a float, `undefined`, and numbers beyond 64 signed bits.
        (&[0xc1, 0x00], CborError::Kind),
        (&[0xf9, 0x3c, 0x00], CborError::Kind),
        (&[0xf7], CborError::Kind),
        (
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            CborError::Kind,
        ),
        // The same key twice, and a key that is none.
        (&[0xa2, 1, 2, 1, 3], CborError::Key),
        (&[0xa1, 0x40, 0x00], CborError::Key),
    ] {
        assert_eq!(read(bytes), Err(error), "{bytes:02x?}");
    }
}

#[test]
fn size_depth_and_items_are_bounded() {
    assert_eq!(read(&vec![0x00; MAX_BYTES + 1]), Err(CborError::Large));
    let nested = |levels: usize| [vec![0x81; levels], vec![0x00]].concat();
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(read(&nested(MAX_DEPTH + 1)), Err(CborError::Large));
    let wide = |items: u8| [vec![0x98, items], vec![0x00; usize::from(items)]].concat();
    let most = u8::try_from(MAX_ITEMS).expect("few");
    assert!(read(&wide(most)).is_ok());
    assert_eq!(read(&wide(most + 1)), Err(CborError::Large));
    // A length alone reserves nothing.
    assert_eq!(
        read(&[0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        Err(CborError::Short)
    );
}

#[test]
fn what_follows_the_first_value_is_given_back() {
    assert_eq!(read_first(&[0x01, 0x02]), Ok((Value::Int(1), &[0x02][..])));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        if let Ok((_, rest)) = read_first(&bytes) {
            prop_assert!(bytes.ends_with(rest));
            prop_assert!(rest.len() < bytes.len());
        }
    }
}
