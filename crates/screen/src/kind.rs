//! What can be found in a text.

/// What a finding is.
///
/// The nine kinds that the guardrails of DuploCloud name (seed 002) carry exactly its names; cards
/// and account numbers are ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A registered secret, in the clear or encoded.
    Secret,
    /// A token of a known service, or a value that is assigned to a word for a secret.
    Token,
    /// A private key in PEM.
    PrivateKey,
    /// The id of an AWS access key.
    AwsAccessKey,
    /// The secret part of an AWS access key.
    AwsSecretKey,
    /// What is assigned to a word for a password, or stands in an address as one.
    Password,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// What is assigned to a word for a user.
    Username,
    /// A person's name, where the words around it say so.
    Name,
    /// A social security number of the United States.
    Ssn,
    /// The number of a payment card, with its check digit.
    Card,
    /// An international bank account number, with its check digits (ISO 13616).
    Iban,
}

impl Kind {
    /// The kinds of personal data, which are looked for when asked to.
    pub const PERSONAL: [Self; 8] = [
        Self::Email,
        Self::Phone,
        Self::IpAddress,
        Self::Username,
        Self::Name,
        Self::Ssn,
        Self::Card,
        Self::Iban,
    ];

    /// Its name in placeholders, findings and configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "SECRET",
            Self::Token => "TOKEN",
            Self::PrivateKey => "PRIVATE_KEY",
            Self::AwsAccessKey => "AWS_ACCESS_KEY",
            Self::AwsSecretKey => "AWS_SECRET_KEY",
            Self::Password => "PASSWORD",
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::IpAddress => "IP_ADDRESS",
            Self::Username => "USERNAME",
            Self::Name => "NAME",
            Self::Ssn => "SSN",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
        }
    }

    /// The kind of personal data with this name, in capitals.
    #[must_use]
    pub fn personal(name: &str) -> Option<Self> {
        Self::PERSONAL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it is replaced by [`REDACTED`](crate::finding::REDACTED), and cannot be switched off.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        (self as u8) < (Self::Email as u8)
    }

    pub(crate) const fn bit(self) -> u16 {
        1 << self as u16
    }
}
