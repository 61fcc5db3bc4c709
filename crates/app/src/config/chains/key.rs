//! The key of an account: in an encrypted file, or held by another program that signs.

use super::super::{public_url_fault, sheet::Sheet};
use portcullis_credentials::{
    keystore::Keystore,
    remote::{PublicKey, RemoteKey},
};
use portcullis_evm::Address;
use portcullis_firewall::outside::{Credential, SecretName};
use portcullis_policy::fault::Faults;
use std::path::PathBuf;

/// Where the key of an account is.
#[derive(Clone, Debug)]
pub(crate) enum AccountKey {
    /// In a file; the gate signs.
    File(Keystore),
    /// With another program, which signs.
    Remote(RemoteKey),
}

impl AccountKey {
    /// The secret that it is used with, and the key that it stands at.
    pub(super) fn secret(&self) -> Option<(&'static str, &SecretName)> {
        match self {
            Self::File(keystore) => Some(("password", &keystore.password)),
            Self::Remote(remote) => match &remote.credential {
                Some(Credential::Bearer(name)) => Some(("signer.bearer", name)),
                _ => None,
            },
        }
    }
}

/// Exactly one of both.
pub(super) fn key(
    sheet: &Sheet<'_>,
    account: Option<Address>,
    faults: &mut Faults,
) -> Option<AccountKey> {
    let file = ["keystore", "password"].map(|key| sheet.value(key).is_some());
    match (file.contains(&true), sheet.value("signer").is_some()) {
        (true, true) => {
            let why = "stands beside a `keystore` or `password`: a key is in one place";
            sheet.fault("signer", why, faults);
            None
        }
        (false, false) => {
            let why = "is required with its `password`, or a `signer`";
            sheet.fault("keystore", why, faults);
            None
        }
        (true, false) => keystore(sheet, faults).map(AccountKey::File),
        (false, true) => signer(sheet, account, faults).map(AccountKey::Remote),
    }
}

fn keystore(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Keystore> {
    let file = sheet.must_text("keystore", faults).map(PathBuf::from);
    if file.as_ref().is_some_and(|path| !path.is_absolute()) {
        sheet.fault("keystore", "expected an absolute path", faults);
    }
    let password = sheet.must_secret("password", faults);
    let (file, password) = file.zip(password)?;
    Some(Keystore { file, password })
}

fn signer(account: &Sheet<'_>, address: Option<Address>, faults: &mut Faults) -> Option<RemoteKey> {
    let keys = ["url", "identifier", "bearer", "reach"];
    let sheet = account.below("signer", &keys, faults)?;
    let url = sheet.must_text("url", faults);
    // A token goes along, and whoever stands between would learn what is about to be sent.
    if let Some(fault) = url.as_deref().and_then(public_url_fault) {
        sheet.fault("url", fault, faults);
    }
    let identifier = sheet.must_text("identifier", faults);
    let public = identifier.and_then(|text| {
        let read = PublicKey::read(&text);
        if read.is_none() {
            let due = "expected the public key, 128 digits in hex, as the signer lists it";
            sheet.fault("identifier", due, faults);
        }
        read
    });
    let another = public
        .zip(address)
        .is_some_and(|(public, address)| address != public.address());
    if another {
        sheet.fault("identifier", "this is not the key of `account`", faults);
    }
    Some(RemoteKey {
        credential: sheet.secret("bearer", faults).map(Credential::Bearer),
        reach: sheet.reach(faults),
        url: url?,
        public: public?,
    })
}
