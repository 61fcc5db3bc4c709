//! D5: targets that nobody compiled from Solidity, and that read the words of their arguments in their own way.

use alloy_primitives::{Address, U256, address, hex};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::GuardRegistry;

use super::{
    bites,
    market::{Market, rule},
};
use crate::{
    guards::abi,
    world::{MANAGER, SPENDER, units, usd},
};

/// Where the alien router stands.
const ALIEN: Address = address!("0x00000000000000000000000000000000000a11e4");

/// One word of a call.
const WORD: usize = 32;
/// Where the arguments of a call begin.
const ARGUMENTS: usize = 4;

/// Takes what is given from whoever calls: `transferFrom(caller, this, given)` of the path's first token. It
/// never looks at where the path is said to begin, for encoders put it in one place.
const TAKES: &[u8] = &hex!(
    "63 23b872dd 60 e0 1b 5f 52" // the selector
    "33 60 04 52"                // the caller
    "30 60 24 52"                // itself
    "60 04 35 60 44 52"          // the first word, the amount
    "5f 5f 60 64 5f 5f 60 c4 35 5a f1 50" // the token is word 6
);
/// Has `transfer(…)` in memory, but for the recipient.
const PAYS: &[u8] = &hex!("63 a9059cbb 60 e0 1b 5f 52");
/// With the recipient on the stack: pays them the least that was asked for, of the path's second token.
const THEM: &[u8] = &hex!(
    "60 04 52"                // the recipient
    "60 24 35 60 24 52"       // the second word, the least
    "5f 5f 60 44 5f 5f 60 e4 35 5a f1" // the token is word 7
    "00"
);

/// Who is paid, to one that takes the highest bit above an address for a sign: pay whoever signed.
const BY_A_SIGN: &[u8] = &hex!(
    "60 64 35"             // the fourth word
    "80 60 ff 1c"          // its highest bit
    "90 81 15 02"          // the word, if there is none
    "90 32 02 01"          // or else the origin
);

/// Who is paid, to one that looks for a word behind the arguments, as forwarders and settlements leave it.
const BY_A_SUFFIX: &[u8] = &hex!(
    "61 0104 36 11"        // whether there is more than eight words
    "80 60 20 36 03 35 02" // if so, the last word
    "90 15 60 64 35 02 01" // or else the fourth
);

/// A router of Uniswap V2 as far as its guard knows, which finds out in its own way who is paid.
fn settled(market: &mut Market, recipient: &[u8]) {
    let code = [TAKES, PAYS, recipient, THEM].concat();
    let world = &mut market.world;
    world.chain.set_code(ALIEN, code.into()).unwrap();
    let (registry, destination) = (world.registry, market.v2);
    let guard = GuardRegistry::guardOfCall { destination };
    let guard = world.view(registry, guard).guard;
    world.list(&[(ALIEN, guard, SPENDER)], &[], &[]);
    world.mint(world.eth, ALIEN, units(10, 18));
}

/// What is done to calldata after it was encoded.
type Bend = fn(Vec<u8>) -> Vec<u8>;

/// A swap of a hundred dollars for a twentieth of an ether, bent after it was encoded.
fn swapped(market: &mut Market, bend: Bend) -> bool {
    let swap = abi::swapExactTokensForTokensCall {
        least: units(5, 16),
        ..market.sale(100)
    };
    let data = bend(swap.abi_encode());
    let (token, spender, amount) = (market.world.usd, ALIEN, usd(100));
    let approve = abi::approveCall { spender, amount }.abi_encode();
    let calls = [(token, approve), (ALIEN, data)];
    market.world.batch(MANAGER, &calls).succeeded()
}

/// The manager, who signed the transaction, was paid instead of the vault.
fn stolen(mut market: Market, recipient: &[u8], bend: Bend) -> bool {
    settled(&mut market, recipient);
    swapped(&mut market, bend);
    let ether = market.world.eth;
    market.have(ether, MANAGER) != U256::ZERO
}

fn signed(mut data: Vec<u8>) -> Vec<u8> {
    data[ARGUMENTS + 3 * WORD] = 0x80;
    data
}

fn with_a_suffix(mut data: Vec<u8>) -> Vec<u8> {
    data.extend(MANAGER.into_word());
    data
}

fn a_sign_above_the_recipient(market: Market) -> bool {
    stolen(market, BY_A_SIGN, signed)
}

fn a_word_behind_the_arguments(market: Market) -> bool {
    stolen(market, BY_A_SUFFIX, with_a_suffix)
}

#[test]
fn d5_a_target_that_reads_words_in_its_own_way_reads_what_the_guard_read() {
    bites(
        "guards/no-canonical-check",
        &[a_sign_above_the_recipient, a_word_behind_the_arguments],
    );
}

/// Both aliens do what they are asked, so it is the form alone that the attacks above are refused for.
#[test]
fn d5_in_the_one_form_that_passes_an_alien_pays_the_vault() {
    for recipient in [BY_A_SIGN, BY_A_SUFFIX] {
        let mut market = Market::new();
        settled(&mut market, recipient);
        assert!(swapped(&mut market, |data| data));
        let (dollar, ether, vault) = (market.world.usd, market.world.eth, market.world.vault);
        assert_eq!(market.have(ether, vault), units(5, 16));
        assert_eq!(market.have(dollar, ALIEN), usd(100));
        for bend in [signed, with_a_suffix] {
            let data = bend(market.sale(100).abi_encode());
            let why = market.world.exec_why(ALIEN, data);
            assert_eq!(rule(Err(why)), "canonical");
        }
    }
}
