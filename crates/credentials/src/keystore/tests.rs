use super::{Keystore, KeystoreError, Keystores, sealed::Sealed};
use crate::secrets::Secrets;
use aes::{
    Aes128,
    cipher::{KeyIvInit, StreamCipher},
};
use ctr::Ctr128BE;
use portcullis_firewall::outside::{SecretName, Signer};
use serde_json::json;
use sha2::Sha256;
use sha3::{Digest, Keccak256};
use std::{fs, os::unix::fs::PermissionsExt};

/// The test vectors of Web3 Secret Storage: the password is `testpassword`.
const PBKDF2: &str = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;
const KEY: &str = "7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

#[test]
fn the_published_vector_is_opened() {
    let key = Sealed::read(PBKDF2.as_bytes())
        .unwrap()
        .open(b"testpassword");
    assert_eq!(hex::encode(key.unwrap().as_ref()), KEY);
}

/// The same key under the same password, for tests that open it often.
fn light(kdf: &str) -> String {
    let salt = [1; 32];
    let mut stretched = [0; 32];
    let params = if kdf == "scrypt" {
        let params = scrypt::Params::new(4, 8, 1).unwrap();
        scrypt::scrypt(b"testpassword", &salt, &params, &mut stretched).unwrap();
        json!({"n": 16, "r": 8, "p": 1, "dklen": 32, "salt": hex::encode(salt)})
    } else {
        pbkdf2::pbkdf2_hmac::<Sha256>(b"testpassword", &salt, 2, &mut stretched);
        json!({"c": 2, "prf": "hmac-sha256", "dklen": 32, "salt": hex::encode(salt)})
    };
    let (cipher_key, mac_key) = stretched.split_first_chunk::<16>().unwrap();
    let mut text = hex::decode(KEY).unwrap();
    Ctr128BE::<Aes128>::new(cipher_key.into(), &[2; 16].into()).apply_keystream(&mut text);
    let mut digest = Keccak256::new();
    digest.update(mac_key);
    digest.update(&text);
    let crypto = json!({
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": hex::encode([2; 16])},
        "ciphertext": hex::encode(&text),
        "kdf": kdf,
        "kdfparams": params,
        "mac": hex::encode(digest.finalize()),
    });
    json!({"version": 3, "id": "a", "crypto": crypto}).to_string()
}

#[test]
fn both_ways_to_stretch_a_password_are_known() {
    for kdf in ["scrypt", "pbkdf2"] {
        let key = Sealed::read(light(kdf).as_bytes()).unwrap();
        let key = key.open(b"testpassword").unwrap();
        assert_eq!(hex::encode(key.as_ref()), KEY, "{kdf}");
    }
}

#[test]
fn another_password_and_other_bytes_open_nothing() {
    let sealed = Sealed::read(light("pbkdf2").as_bytes()).unwrap();
    assert_eq!(sealed.open(b"other").unwrap_err(), KeystoreError::Locked);
    let changed = light("pbkdf2").replace("\"mac\":\"", "\"mac\":\"00");
    let sealed = Sealed::read(changed.as_bytes()).unwrap();
    assert_eq!(
        sealed.open(b"testpassword").unwrap_err(),
        KeystoreError::Locked
    );
}

#[test]
fn what_is_no_keystore_or_costs_too_much_is_refused() {
    let dear = PBKDF2.replace("262144", "2000001");
    let sealed = Sealed::read(dear.as_bytes()).unwrap();
    assert!(matches!(
        sealed.open(b"testpassword"),
        Err(KeystoreError::Form(_))
    ));
    for bad in [
        "{}".to_owned(),
        PBKDF2.replace("\"version\":3", "\"version\":1"),
        PBKDF2.replace("aes-128-ctr", "aes-128-cbc"),
        PBKDF2.replace("pbkdf2", "md5"),
    ] {
        let read = Sealed::read(bad.as_bytes());
        assert!(matches!(read, Err(KeystoreError::Form(_))), "{bad}");
    }
}

#[tokio::test]
async fn a_key_signs_and_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let (file, password) = (folder.path().join("key.json"), folder.path().join("pass"));
    fs::write(&file, light("scrypt")).unwrap();
    fs::write(&password, "testpassword").unwrap();
    fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
    let keystore = Keystore {
        file,
        password: SecretName::new(&format!("file:{}", password.display())),
    };
    let address = keystore.address(&Secrets::new()).unwrap();
    assert_eq!(
        hex::encode(address),
        "008aeeda4d805471df9b2a5b0f38a0c3bcba786b"
    );
    let keys = Keystores::new([("trader".to_owned(), keystore)].into());
    let signature = keys.sign("trader", &[7; 32]).await.unwrap();
    assert_eq!(signature, keys.sign("trader", &[7; 32]).await.unwrap());
    assert!(keys.sign("other", &[7; 32]).await.is_err());
}
