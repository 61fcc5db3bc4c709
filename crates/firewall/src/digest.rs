//! Short byte strings that name things: digests and nonces, written as lower-case hex.

/// Declares newtypes over fixed-length bytes that are written as lower-case hex and compared in
/// constant time.
macro_rules! hex_bytes {
    ($($(#[$doc:meta])* $name:ident($len:literal);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Ord, PartialOrd, serde::Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name([u8; $len]);

        impl $name {
            /// How many hex digits the text form has.
            pub const HEX_DIGITS: usize = $len * 2;

            /// Takes the bytes as they are.
            #[must_use]
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }

            /// The text form in ASCII.
            #[must_use]
            pub fn to_hex(&self) -> [u8; $len * 2] {
                $crate::digest::hex_digits(&self.0)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(&self.0[..], &other.0[..]).into()
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::digest::HexError;

            fn from_str(text: &str) -> Result<Self, $crate::digest::HexError> {
                let mut bytes = [0; $len];
                $crate::digest::read_hex(text, &mut bytes).map(|()| Self(bytes))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::digest::HexError;

            fn try_from(text: String) -> Result<Self, $crate::digest::HexError> {
                text.parse()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(std::str::from_utf8(&self.to_hex()).map_err(|_| std::fmt::Error)?)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{self}")
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )*};
}

pub(crate) use hex_bytes;

hex_bytes! {
    /// SHA-256 over the canonical bytes of a frozen action.
    ActionDigest(32);
    /// SHA-256 over what says how an action would be carried out: its target's definition.
    Means(32);
    /// SHA-256 over what a dry run found.
    Findings(32);
    /// 128 random bits that keep a digest from being guessed back to what it covers.
    Nonce(16);
}

/// A text is not lower-case hex of the right length.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected {digits} lower-case hex digits")]
pub struct HexError {
    digits: usize,
}

/// Reads exactly as many digits as the buffer holds; upper case is refused, so that one value has
/// one spelling.
pub(crate) fn read_hex(text: &str, bytes: &mut [u8]) -> Result<(), HexError> {
    let error = HexError {
        digits: bytes.len().saturating_mul(2),
    };
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(error);
    }
    hex::decode_to_slice(text, bytes).map_err(|_| error)
}

/// Writes each byte as two lower-case digits; `N` is twice the number of bytes.
pub(crate) fn hex_digits<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut digits = [b'0'; N];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    digits
}

const fn digit(nibble: u8) -> u8 {
    if nibble < 10 {
        b'0' + nibble
    } else {
        b'a' + nibble - 10
    }
}
