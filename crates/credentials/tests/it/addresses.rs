//! What may be called: the cases of `conformance/outside`.

use crate::network::{PUBLIC, StagedNetwork};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets};
use portcullis_firewall::outside::{Courier, Method, OutsideError, Parcel, Reach};
use proptest::prelude::{ProptestConfig, any, proptest};
use serde::Deserialize;
use std::{
    net::{Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::Arc,
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

/// Whether the network was called; nobody is at home there.
async fn is_called(url: &str, reach: Reach, network: Arc<StagedNetwork>) -> bool {
    let settings = CourierSettings::default();
    let courier = HttpCourier::on(network.clone(), &settings, Secrets::new()).unwrap();
    let error = if url.trim_start().starts_with("ws") {
        courier.dial(url, reach).await.map(drop).unwrap_err()
    } else {
        courier.send(get(url, reach)).await.map(drop).unwrap_err()
    };
    match error {
        OutsideError::Unreachable { .. } => {
            assert!(!network.called().is_empty(), "{url}");
            true
        }
        OutsideError::Forbidden { .. } => {
            assert!(network.called().is_empty(), "{url}");
            false
        }
        other => panic!("{url}: {other}"),
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
    for case in cases().addresses {
        let answer: Vec<&str> = case.is.iter().map(String::as_str).collect();
        for reach in [Reach::Public, Reach::Anywhere] {
            let network = StagedNetwork::new(&[&answer], None);
            let called = is_called("https://api.example.com/", reach, network).await;
            assert_eq!(called, case.may.contains(&reach), "{}: {reach:?}", case.note);
        }
    }
}

#[tokio::test]
async fn how_an_address_is_written_decides() {
    for case in cases().urls {
        for reach in [Reach::Public, Reach::Anywhere] {
            let network = StagedNetwork::new(&[&[PUBLIC]], None);
            let called = is_called(&case.url, reach, network).await;
            assert_eq!(called, case.may.contains(&reach), "{}: {reach:?}", case.note);
        }
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_asked_once() {
    let network = StagedNetwork::new(&[&[PUBLIC], &["127.0.0.1"]], None);
    assert!(is_called("https://api.example.com/", Reach::Public, network.clone()).await);
    assert_eq!(network.asked(), ["api.example.com"]);
    assert_eq!(network.called(), [format!("{PUBLIC}:443")]);
}

#[tokio::test]
async fn an_address_that_is_written_out_asks_nobody() {
    let network = StagedNetwork::new(&[&[PUBLIC]], None);
    assert!(!is_called("https://10.0.0.1/", Reach::Public, network.clone()).await);
    assert_eq!(network.asked(), [""; 0]);
}

#[tokio::test]
async fn a_name_of_nothing_is_unreachable() {
    let network = StagedNetwork::new(&[&[]], None);
    let settings = CourierSettings::default();
    let courier = HttpCourier::on(network, &settings, Secrets::new()).unwrap();
    let error = courier.send(get("https://gone.example/", Reach::Public)).await;
    assert_eq!(error.unwrap_err().code(), "outside.unreachable");
}

fn now<T>(waiting: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap().block_on(waiting)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_ipv4_address_within_an_ipv6_one_is_never_public(bits in any::<u32>()) {
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
            let network = StagedNetwork::new(&[], None);
            assert!(!now(is_called(&url, Reach::Public, network)), "{url}");
        }
    }

    #[test]
    fn no_error_repeats_what_follows_the_host(
        scheme in "(https?|wss?|ftp|)",
        user in "(hush[0-9]{0,3}:hush@|)",
        host in "(127.0.0.1|api.example.com|metadata|\\[::1|)",
        rest in "[/?#]{1,2}[ -~]{0,10}hush[ -~]{0,10}",
    ) {
        let url = format!("{scheme}://{user}{host}{rest}");
        let network = StagedNetwork::new(&[&[PUBLIC]], None);
        let settings = CourierSettings::default();
        let courier = HttpCourier::on(network, &settings, Secrets::new()).unwrap();
        for reach in [Reach::Public, Reach::Anywhere] {
            let sent = now(courier.send(get(&url, reach))).map(drop).unwrap_err();
            let dialled = now(courier.dial(&url, reach)).map(drop).unwrap_err();
            let said = format!("{sent} {sent:?} {dialled} {dialled:?}");
            assert!(!said.contains("hush"), "{said}");
        }
    }
}
