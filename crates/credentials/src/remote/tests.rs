use super::{PublicKey, RemoteKey, RemoteKeys};
use k256::ecdsa::{Signature, SigningKey};
use portcullis_firewall::outside::{
    Awaited, Courier, Delivery, Line, OutsideError, Parcel, Reach, Signer,
};
use serde_json::Value;
use sha3::{Digest, Keccak256};
use std::sync::{Arc, Mutex};

const MESSAGE: &[u8] = b"what was judged";

fn pen() -> SigningKey {
    SigningKey::from_slice(&[0x46; 32]).unwrap()
}

fn public(pen: &SigningKey) -> String {
    let point = pen.verifying_key().to_encoded_point(false);
    hex::encode(&point.as_bytes()[1..])
}

/// A signer that answers in one way, and remembers what it was asked.
#[derive(Debug)]
struct StandIn {
    status: u16,
    answer: Vec<u8>,
    asked: Mutex<Vec<Parcel>>,
}

impl Courier for StandIn {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        self.asked.lock().unwrap().push(parcel);
        let delivery = Delivery {
            status: self.status,
            headers: Vec::new(),
            body: self.answer.clone(),
        };
        Box::pin(async { Ok(delivery) })
    }

    fn dial<'a>(&'a self, url: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        let host = url.to_owned();
        let why = "there are no lines here".to_owned();
        Box::pin(async { Err(OutsideError::Unusable { host, why }) })
    }
}

async fn told(status: u16, answer: Vec<u8>) -> (Result<[u8; 65], OutsideError>, Arc<StandIn>) {
    let asked = Mutex::default();
    let stand_in = Arc::new(StandIn {
        status,
        answer,
        asked,
    });
    let key = RemoteKey {
        url: "https://signer.example.com/".to_owned(),
        public: PublicKey::read(&public(&pen())).unwrap(),
        credential: None,
        reach: Reach::Public,
    };
    let courier: Arc<dyn Courier> = Arc::<StandIn>::clone(&stand_in);
    let keys = RemoteKeys::new(courier, [("trader".to_owned(), key)].into());
    (keys.sign("trader", MESSAGE).await, stand_in)
}

/// r, s and the parity over a message.
fn signed(pen: &SigningKey, message: &[u8]) -> (Signature, u8) {
    let digest = Keccak256::digest(message);
    let (signature, parity) = pen.sign_prehash_recoverable(&digest).unwrap();
    (signature, parity.to_byte())
}

fn written((signature, v): (Signature, u8)) -> Vec<u8> {
    format!("0x{}{v:02x}", hex::encode(signature.to_bytes())).into_bytes()
}

/// The other signature that there is for every one: the one with the higher s.
fn higher((signature, parity): (Signature, u8)) -> (Signature, u8) {
    let (r, s) = signature.split_scalars();
    (Signature::from_scalars(r, -s).unwrap(), 1 - parity)
}

#[test]
fn a_key_is_known_by_both_its_coordinates() {
    let text = public(&pen());
    let key = PublicKey::read(&format!("0x{text}")).unwrap();
    // The account of EIP-155's example.
    let address = hex::encode(key.address());
    assert_eq!(address, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
    assert_eq!(PublicKey::read(&text), Some(key));
    for bad in [
        "",
        "0x",
        text.split_at(2).1,
        &format!("04{text}"),
        &"1".repeat(128),
    ] {
        assert_eq!(PublicKey::read(bad), None, "{bad}");
    }
}

#[tokio::test]
async fn the_message_goes_out_whole_and_its_signature_comes_back() {
    let (signature, parity) = signed(&pen(), MESSAGE);
    let mut bytes = signature.to_bytes().to_vec();
    bytes.push(parity);
    for answer in [
        written((signature, parity + 27)),
        written((signature, parity)),
        written(higher((signature, parity))),
        [written((signature, parity)), b"\r\n".to_vec()].concat(),
    ] {
        let (found, stand_in) = told(200, answer).await;
        assert_eq!(found.unwrap().as_slice(), bytes);
        let asked = stand_in.asked.lock().unwrap();
        let [parcel] = asked.as_slice() else {
            panic!("asked once")
        };
        let key = public(&pen());
        let url = format!("https://signer.example.com/api/v1/eth1/sign/0x{key}");
        assert_eq!(parcel.url, url);
        let body: Value = serde_json::from_slice(&parcel.body).unwrap();
        assert_eq!(body["data"], format!("0x{}", hex::encode(MESSAGE)));
    }
}

#[tokio::test]
async fn anything_else_is_not_signed() {
    let good = written(signed(&pen(), MESSAGE));
    let other = SigningKey::from_slice(&[0x47; 32]).unwrap();
    let (signature, parity) = signed(&pen(), MESSAGE);
    for (status, answer) in [
        // Another message, another key, another point, digested twice.
        (200, written(signed(&pen(), b"what was not judged"))),
        (200, written(signed(&other, MESSAGE))),
        (200, written((signature, 1 - parity))),
        (200, written(signed(&pen(), &Keccak256::digest(MESSAGE)))),
        (200, written((signature, 29))),
        // Not how a signature is written.
        (200, Vec::new()),
        (200, good[2..].to_vec()),
        (200, good[..good.len() - 2].to_vec()),
        (200, [good.clone(), b"00".to_vec()].concat()),
        (200, [good.clone(), b" ".repeat(200)].concat()),
        (200, format!("0x{}", "00".repeat(65)).into_bytes()),
        (200, vec![0xff; 132]),
        // It says no, or points elsewhere.
        (404, good.clone()),
        (302, good.clone()),
        (500, good),
    ] {
        let (found, _) = told(status, answer.clone()).await;
        let error = found.expect_err(&String::from_utf8_lossy(&answer));
        assert_eq!(error.code(), "outside.unusable", "{status}");
    }
}

#[tokio::test]
async fn a_key_without_a_name_is_none() {
    let courier = Arc::new(StandIn {
        status: 200,
        answer: Vec::new(),
        asked: Mutex::default(),
    });
    let keys = RemoteKeys::new(courier, [].into());
    let found = keys.sign("trader", MESSAGE).await;
    assert_eq!(found, Err(OutsideError::NoSecret("trader".to_owned())));
}
