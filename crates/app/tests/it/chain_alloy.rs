//! The provider of alloy, unchanged, pointed at the gate: it fills in nothing by itself, for the gate does.

use crate::{
    bin::Gate,
    chain::Setting,
    chain_typed::{permit, spending},
};
use alloy_primitives::{Address, Bytes, Signature, U256};
use alloy_provider::{Provider, ProviderBuilder};
use alloy_rpc_client::RpcClient;
use alloy_rpc_types_eth::TransactionRequest;
use alloy_sol_types::{Eip712Domain, SolCall, SolStruct, eip712_domain, sol};
use alloy_transport_http::{
    Http,
    reqwest::{
        Client,
        header::{AUTHORIZATION, HeaderMap},
    },
};
use serde_json::{Value, json};

sol! {
    function execTransaction(address to, bytes data);
    function swapExactTokensForTokens(
        uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline
    );

    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }
}

fn provider(setting: &Setting, gate: &Gate) -> impl Provider + use<> {
    let mut headers = HeaderMap::new();
    let bearer = format!("Bearer {}", setting.house.credential("agent_key"));
    headers.insert(AUTHORIZATION, bearer.parse().unwrap());
    let client = Client::builder().no_proxy().default_headers(headers);
    let url = format!("{}/v1/rpc/main", gate.url).parse().unwrap();
    let http = Http::with_client(client.build().unwrap(), url);
    ProviderBuilder::default().connect_client(RpcClient::new(http, true))
}

fn address(value: &Value) -> Address {
    value.as_str().unwrap().parse().unwrap()
}

/// A call of the vault at a destination.
fn call(world: &Value, to: Address, data: Bytes) -> TransactionRequest {
    TransactionRequest::default()
        .from(address(&world["trader"]))
        .to(address(&world["vault"]))
        .input(execTransactionCall { to, data }.abi_encode().into())
}

/// A trade of 100 USDC.
fn swap(world: &Value, until: &str) -> Bytes {
    let swap = swapExactTokensForTokensCall {
        amountIn: U256::from(100_000_000),
        amountOutMin: U256::from(1),
        path: vec![address(&world["usd"]), address(&world["eth"])],
        to: address(&world["vault"]),
        deadline: until.parse().unwrap(),
    };
    swap.abi_encode().into()
}

/// What the gate says instead of doing something: the error's code, its words and its data.
fn instead<T: std::fmt::Debug>(
    said: Result<T, alloy_provider::transport::TransportError>,
) -> (i64, String, Value) {
    let error = said.unwrap_err();
    let payload = error.as_error_resp().unwrap_or_else(|| panic!("{error}"));
    let data = payload.data.as_ref().map_or("null", |data| data.get());
    let data = serde_json::from_str(data).unwrap();
    (payload.code, payload.message.to_string(), data)
}

#[tokio::test]
async fn a_swap_is_held_approved_signed_inside_and_mined() {
    let setting = Setting::new();
    let gate = setting.serve();
    let world = &setting.world;
    let provider = provider(&setting, &gate);
    assert_eq!(provider.get_chain_id().await.unwrap(), 31_337);
    assert!(provider.get_block_number().await.unwrap() > 0);
    let accounts = provider.get_accounts().await.unwrap();
    assert_eq!(accounts, [address(&world["trader"])]);

    let before = setting.look();
    let wish = call(
        world,
        address(&world["router"]),
        swap(world, &setting.soon()),
    );
    let (code, words, held) = instead(provider.send_transaction(wish.clone()).await);
    assert_eq!(
        (code, &held["verdict"]),
        (-32_002, &json!("HELD")),
        "{words}"
    );
    assert_eq!(setting.look()["nonce"], before["nonce"], "nothing is sent");
    setting.approve(&gate, &held);

    let sent = provider.send_transaction(wish.clone()).await.unwrap();
    let receipt = sent.get_receipt().await.unwrap();
    assert!(receipt.status());
    assert_eq!(receipt.from, address(&world["trader"]));
    assert_eq!(receipt.to, Some(address(&world["vault"])));
    let after = setting.look();
    let usd = |look: &Value| look["usd"].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(usd(&before) - usd(&after), 100_000_000);
    // It is done once.
    let (code, ..) = instead(provider.send_transaction(wish).await);
    assert_eq!(code, -32_002);
    assert_eq!(setting.look()["nonce"], after["nonce"]);
}

#[tokio::test]
async fn a_refusal_has_the_code_of_the_chain() {
    let setting = Setting::new();
    let gate = setting.serve();
    let world = &setting.world;
    let provider = provider(&setting, &gate);
    let stranger = Address::repeat_byte(0xde);
    let wish = call(world, stranger, swap(world, &setting.soon()));
    let (code, words, data) = instead(provider.send_transaction(wish).await);
    assert_eq!(code, 4_001, "{words}");
    assert_eq!(data["code"], "dh23", "{data}");
    assert!(words.starts_with("refused (dh23)"), "{words}");
    let late = call(world, address(&world["router"]), swap(world, "1"));
    let (_, _, data) = instead(provider.send_transaction(late).await);
    assert_eq!(data["rule"], "deadline.past", "{data}");
    let unknown = provider.raw_request::<_, Value>("eth_sign".into(), (stranger, "0x00"));
    assert_eq!(instead(unknown.await).0, -32_601);
    assert_eq!(setting.look()["nonce"], 0);
}

#[tokio::test]
async fn a_permit_is_signed_for_the_account() {
    let setting = spending();
    let gate = setting.serve();
    let world = &setting.world;
    let provider = provider(&setting, &gate);
    let (trader, data) = (address(&world["trader"]), permit(world));
    let method = "eth_signTypedData_v4";
    let ask = || provider.raw_request::<_, Bytes>(method.into(), (trader, data.clone()));
    let (_, _, held) = instead(ask().await);
    setting.approve(&gate, &held);
    let signature = ask().await.unwrap();

    // What was signed, put together without the gate.
    let domain: Eip712Domain = eip712_domain! {
        name: "USDC",
        version: "1",
        chain_id: 31_337,
        verifying_contract: address(&world["usd"]),
    };
    let number = |name: &str| {
        data["message"][name]
            .as_str()
            .unwrap()
            .parse::<U256>()
            .unwrap()
    };
    let permit = Permit {
        owner: trader,
        spender: address(&world["router"]),
        value: number("value"),
        nonce: number("nonce"),
        deadline: number("deadline"),
    };
    let signed = Signature::from_raw(&signature).unwrap();
    let signer = signed.recover_address_from_prehash(&permit.eip712_signing_hash(&domain));
    assert_eq!(signer.unwrap(), trader);
}
