//! What may be called: the cases of `conformance/outside`.

use crate::network::{PUBLIC, StagedNetwork};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets};
use portcullis_firewall::outside::{Courier, Method, OutsideError, Parcel, Reach};
use proptest::prelude::{any, proptest};
use serde::Deserialize;
use std::{
    net::{Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::{Arc, LazyLock},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "about")]
    _about: String,
    addresses: Vec<AddressCase>,
    urls: Vec<UrlCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressCase {
    note: String,
    is: Vec<String>,
    may: Vec<Reach>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UrlCase {
    note: String,
    url: String,
    may: Vec<Reach>,
}

fn cases() -> Cases {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance");
    let text = std::fs::read_to_string(root.join("outside/addresses.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// A courier on a network where nobody is at home.
struct Stand {
    network: Arc<StagedNetwork>,
    courier: HttpCourier,
}

impl Stand {
    fn new() -> Self {
        let network = StagedNetwork::new(&[&[PUBLIC]], None);
        let settings = CourierSettings::default();
        let courier = HttpCourier::on(network.clone(), &settings, Secrets::new()).unwrap();
        Self { network, courier }
    }

    async fn refusal(&self, url: &str, reach: Reach) -> OutsideError {
        if url.trim_start().starts_with("ws") {
            self.courier.dial(url, reach).await.map(drop).unwrap_err()
        } else {
            let sent = self.courier.send(get(url, reach)).await;
            sent.map(drop).unwrap_err()
        }
    }

    /// Whether the network was called.
    async fn calls(&self, url: &str, reach: Reach) -> bool {
        let called = match self.refusal(url, reach).await {
            OutsideError::Unreachable { .. } => true,
            OutsideError::Forbidden { .. } => false,
            other => panic!("{url}: {other}"),
        };
        assert_eq!(called, !self.network.called().is_empty(), "{url}");
        called
    }
}

fn get(url: &str, reach: Reach) -> Parcel {
    Parcel {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        reach,
    }
}

#[tokio::test]
async fn what_a_name_resolves_to_decides() {
    let stand = Stand::new();
    for case in cases().addresses {
        let answer: Vec<&str> = case.is.iter().map(String::as_str).collect();
        for reach in [Reach::Public, Reach::Anywhere] {
            stand.network.stage(&[&answer]);
            let calls = stand.calls("https://api.example.com/", reach).await;
            assert_eq!(calls, case.may.contains(&reach), "{}: {reach:?}", case.note);
        }
    }
}

#[tokio::test]
async fn how_an_address_is_written_decides() {
    let stand = Stand::new();
    for case in cases().urls {
        for reach in [Reach::Public, Reach::Anywhere] {
            stand.network.stage(&[&[PUBLIC]]);
            let calls = stand.calls(&case.url, reach).await;
            assert_eq!(calls, case.may.contains(&reach), "{}: {reach:?}", case.note);
        }
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once() {
    let Stand { network, courier } = Stand::new();
    network.stage(&[&[PUBLIC], &["127.0.0.1"]]);
    let parcel = get("https://api.example.com/", Reach::Public);
    assert!(courier.send(parcel).await.is_err());
    assert_eq!(network.asked(), ["api.example.com"]);
    assert_eq!(network.called(), [format!("{PUBLIC}:443")]);
}

#[tokio::test]
async fn an_address_that_is_written_out_asks_nobody() {
    let stand = Stand::new();
    assert!(!stand.calls("https://10.0.0.1/", Reach::Public).await);
    assert!(stand.calls("https://93.184.215.14/", Reach::Public).await);
    assert_eq!(stand.network.asked(), [""; 0]);
}

#[tokio::test]
async fn a_name_of_nothing_is_unreachable() {
    let stand = Stand::new();
    stand.network.stage(&[&[]]);
    let error = stand.refusal("https://gone.example/", Reach::Public).await;
    assert_eq!(error.code(), "outside.unreachable");
}

fn now<T>(waiting: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(waiting)
}

proptest! {
    #[test]
    fn an_ipv4_address_within_an_ipv6_one_is_never_public(bits in any::<u32>()) {
        static STAND: LazyLock<Stand> = LazyLock::new(Stand::new);
        let inner = Ipv4Addr::from(bits);
        let [a, b, c, d] = inner.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let forms = [
            inner.to_ipv6_mapped(),
            inner.to_ipv6_compatible(),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        ];
        for form in forms {
            let url = format!("https://[{form}]/");
            assert!(!now(STAND.calls(&url, Reach::Public)), "{url}");
        }
    }

    #[test]
    fn no_error_repeats_what_follows_the_host(
        scheme in "(https?|wss?|ftp|)",
        user in "(hush[0-9]{0,3}:hush@|)",
        host in "(127.0.0.1|api.example.com|metadata|\\[::1|)",
        rest in "[/?#]{1,2}[ -~]{0,10}hush[ -~]{0,10}",
    ) {
        static STAND: LazyLock<Stand> = LazyLock::new(Stand::new);
        let url = format!("{scheme}://{user}{host}{rest}");
        for reach in [Reach::Public, Reach::Anywhere] {
            let error = now(STAND.refusal(&url, reach));
            let told = format!("{error} {error:?}");
            assert!(!told.contains("hush"), "{told}");
        }
    }
}
